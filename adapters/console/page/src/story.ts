// What a decision did and did not do, in sentences.
import { gateName, numbersOf, plain, reasonText } from "./words";
import type { Decision, Fact, GateVerdict, Verdict } from "./types";

export interface Line {
  text: string;
  kind: "sent" | "held" | "person" | "change";
}

const s = (v: unknown) => (typeof v === "string" ? v : "");
const n = (v: unknown) => (typeof v === "number" ? v : 0);

/** The gate that said no, if one did. */
export const closedGate = (v: Verdict): GateVerdict | undefined => v.gates.find((g) => g.outcome !== "pass");

function factLine(f: Fact): Line | null {
  switch (f.kind) {
    case "enrolled":
      return { kind: "change", text: `Enrolled in ${s(f["campaign"])}${f["by_form"] ? " by a form" : ""}` };
    case "not_enrolled":
      return { kind: "held", text: `Not enrolled in ${s(f["campaign"])}: ${reasonText(s(f["reason"]))}` };
    case "touch_planned":
      return { kind: "sent", text: `Sending step ${s(f["step"])} by ${s(f["channel"])} through ${s(f["account"])}` };
    case "step_handled":
      return {
        kind: f["outcome"] === "sent" ? "sent" : "held",
        text: `Step ${s(f["step"])} ${s(f["outcome"])}${f["detail"] ? `: ${reasonText(s(f["detail"]))}` : ""}`,
      };
    case "promoted":
      return { kind: "person", text: `Hot: score ${n(f["score"])} of ${n(f["threshold"])}` };
    case "handed_off":
      return { kind: "person", text: `Handed to a person: ${reasonText(s(f["reason"]))}` };
    case "handed_back":
      return { kind: "person", text: `Handed back by ${s(f["by"])}${f["reason"] ? `: ${s(f["reason"])}` : ""}` };
    case "handoff_acknowledged":
      return { kind: "person", text: `Taken notice of by ${s(f["by"])}` };
    case "human_touched":
      return { kind: "person", text: "A person wrote; automation keeps silent for a while" };
    case "reply_noted":
      return { kind: "person", text: f["automated"] ? "An automatic reply came" : "The lead replied" };
    case "run_ended":
      return { kind: "held", text: `Run in ${s(f["campaign"])} ended as ${s(f["status"])}: ${reasonText(s(f["reason"]))}` };
    case "run_paused":
      return { kind: "held", text: `Run in ${s(f["campaign"])} paused: ${reasonText(s(f["flag"]))}` };
    case "run_unpaused":
      return { kind: "change", text: `Run in ${s(f["campaign"])} goes on` };
    case "step_scheduled":
      return f["why"] ? { kind: "held", text: `Step ${s(f["step"])} waits: ${reasonText(s(f["why"]))}` } : null;
    case "person_suppressed":
      return { kind: "held", text: `Will never be written to again: ${reasonText(s(f["reason"]))}` };
    case "suppression_lifted":
      return { kind: "change", text: `Suppression lifted by ${s(f["by"])}` };
    case "address_suppressed":
      return { kind: "held", text: `Address ${s(f["value"])} is not written to: ${reasonText(s(f["reason"]))}` };
    case "audience_action":
      return { kind: "held", text: `${s(f["type"])}: score ${n(f["score"])}, threshold ${n(f["threshold"])}` };
    case "ticket_noted":
      return { kind: "held", text: f["open"] ? "A support ticket is open" : "The support ticket is closed" };
    case "snoozed":
      return { kind: "person", text: f["until"] ? "Snoozed" : "Snooze ended" };
    case "approval_requested":
      return { kind: "held", text: `Step ${s(f["step"])} waits for approval` };
    case "approval_given":
      return { kind: "change", text: `Step ${s(f["step"])} approved by ${s(f["by"])}` };
    case "approval_refused":
      return { kind: "held", text: `Step ${s(f["step"])} rejected by ${s(f["by"])}` };
    case "cancel_requested":
      return { kind: "held", text: `A planned message is taken back: ${reasonText(s(f["why"]))}` };
    case "noted":
      return { kind: "change", text: `${plain(s(f["what"]))}${f["reason"] ? `: ${reasonText(s(f["reason"]))}` : ""}` };
    case "signal_recorded": {
      const signal = f["signal"] as { kind?: string; machine?: boolean } | undefined;
      return { kind: "change", text: `Signal of interest: ${signal?.kind ?? ""}${signal?.machine ? ", made by a machine" : ""}` };
    }
    default:
      return null;
  }
}

/** Non-events first: "not sent: hot brake, score 22, threshold 21". */
export function storyOf(d: Decision): Line[] {
  const lines: Line[] = [];
  for (const v of d.verdicts) {
    const closed = closedGate(v);
    if (!closed) continue;
    const numbers = numbersOf(closed);
    lines.push({ kind: "held", text: `Not sent (${v.step}): ${gateName(closed.gate)}, ${reasonText(closed.reason)}${numbers ? `; ${numbers}` : ""}` });
  }
  for (const f of d.facts) {
    const line = factLine(f);
    if (line) lines.push(line);
  }
  return lines;
}
