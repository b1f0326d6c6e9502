// How the page says things.
import { serverNow } from "./api";
import type { GateVerdict } from "./types";

/** Every gate in the order it is asked, with what it protects. */
export const gates: Record<string, { name: string; asks: string; opens: string }> = {
  run_live: { name: "Run is live", asks: "Is the run still going on?", opens: "The run would have to be resumed or enrolled again." },
  kill_switch: { name: "Stops", asks: "Has anybody stopped sending?", opens: "The stop would have to be released." },
  suppression: { name: "Suppression", asks: "Did the person ask us not to write?", opens: "Only a new consent, recorded with its source, opens it." },
  circuit_breaker: { name: "Support tickets", asks: "Is a support ticket open, or closed only lately?", opens: "The ticket would have to be closed, and its cooldown to pass." },
  hot_brake: { name: "Hot brake", asks: "Is the lead so interested that a person should answer?", opens: "A score below the threshold, or a person handing the lead back." },
  human_owns: { name: "A person has it", asks: "Does somebody of ours talk to the lead?", opens: "The person would have to hand the lead back." },
  reachable: { name: "Reachable", asks: "Is there an address with consent for this channel?", opens: "An address and a consent for the step's channel." },
  message_template: { name: "Message", asks: "Can the message be written without gaps?", opens: "The missing field, or a template that does without it." },
  guard: { name: "Step's condition", asks: "Does the step's own condition hold?", opens: "The condition of the step would have to hold." },
  approval: { name: "Approval", asks: "Must somebody approve this message?", opens: "Somebody would have to approve the message." },
  frequency: { name: "Spacing", asks: "Was the lead written to only just now?", opens: "The gap since the last message would have to pass." },
  capacity: { name: "Account's limits", asks: "May the account send now?", opens: "The account's limit would have to have room." },
  calendar: { name: "Business hours", asks: "Is it a good time of day where the lead lives?", opens: "The lead's business hours would have to begin." },
  timing: { name: "Best minute", asks: "Does a better minute lie ahead?", opens: "The chosen minute would have to come, or its window to end." },
};
export const gateName = (gate: string) => gates[gate]?.name ?? plain(gate);

const reasons: Record<string, string> = {
  suppressed_hot: "braked: the lead is hot",
  hot: "hot: score reached its threshold",
  opt_out: "asked not to be written to",
  unsubscribed: "unsubscribed",
  awaiting_approval: "waits for approval",
  ticket_open: "a support ticket is open",
  ticket_cooldown: "a ticket was closed lately",
  human_owns: "a person has the lead",
  kill_switch: "a stop is on",
  suppressed_opt_out: "asked not to be written to",
  suppressed_complaint: "complained of spam",
  suppressed_bounce: "the address does not exist",
  suppressed_not_interested: "said not interested",
  suppressed_erased: "was erased",
  no_consent: "no consent for this channel",
  rising_intent: "interest is rising: less is more",
  guard_false: "the step's own condition did not hold",
  channel_unavailable: "no account for this channel",
  bounce: "the address does not exist",
  copy_suppressed: "somebody in copy may not be written to",
  copy_not_in_allow_recipients: "somebody in copy is not among the allowed recipients",
  copies_not_carried: "the account takes nobody in copy",
  recipient_suppressed: "a recipient asked not to be written to",
  later_step_was_sent: "a later step was sent already",
  another_step_is_under_way: "another step is under way",
};
const outcomes: Record<string, string> = {
  complained: "complained of spam",
  opted_out: "opted out",
  booked: "booked a meeting",
  replied: "replied",
  form: "filled a form",
  person_wrote: "a person wrote",
};
export const outcomeText = (code: string) => outcomes[code] ?? plain(code);
export const plain = (code: string) => code.replace(/[._]/g, " ");
export const reasonText = (code: string | null | undefined) => (code ? (reasons[code] ?? plain(code)) : "");

const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hour12: false });

export function clock(iso: string | null | undefined): string {
  if (!iso) return "";
  const at = new Date(iso);
  const sameDay = new Date(serverNow()).toDateString() === at.toDateString();
  return sameDay ? time.format(at) : `${day.format(at)} ${time.format(at)}`;
}
export const exactly = (iso: string) => exact.format(new Date(iso));

/** "in 4 h", "12 min ago"; by the server's clock. */
export function distance(iso: string | null | undefined): string {
  if (!iso) return "";
  const ms = Date.parse(iso) - serverNow();
  const s = Math.abs(ms) / 1000;
  const text =
    s < 60 ? `${Math.round(s)} s` : s < 5400 ? `${Math.round(s / 60)} min` : s < 129_600 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} d`;
  return ms > 0 ? `in ${text}` : `${text} ago`;
}

const stimuli: Record<string, string> = {
  lead_upserted: "Lead came in or changed",
  form_submitted: "Form submitted",
  link_clicked: "Link clicked",
  page_viewed: "Page viewed",
  message_opened: "Message opened",
  message_delivered: "Message delivered",
  message_bounced: "Message bounced",
  reply_received: "Reply received",
  effect_outcome: "Provider answered",
  message_sent: "Message sent elsewhere",
  spam_complaint: "Complained of spam",
  unsubscribed: "Unsubscribed",
  ticket_opened: "Support ticket opened",
  ticket_closed: "Support ticket closed",
  meeting_booked: "Meeting booked",
  timer_fired: "A time had come",
  reconsider: "Looked at again",
  command: "Somebody decided",
};
export const stimulusName = (kind: string) => {
  const known = stimuli[kind];
  if (known) return known;
  const text = plain(kind);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const number = (n: number) => n.toLocaleString();
export const numbersOf = (g: GateVerdict) => g.numbers.map((each) => `${plain(each.name)} ${each.value}`).join(", ");
