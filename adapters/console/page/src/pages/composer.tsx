// What is answered: the draft that waits, with what it rests on, or a message of one's own.
import { useState } from "preact/hooks";
import { ask, within } from "../api";
import { useHere } from "../context";
import { Act, say, When } from "../parts";
import { reasonText } from "../words";
import { AddressFields, useAddressed } from "./recipients";
import type { Draft, Lead } from "../types";

/** The newest draft that somebody can still do something with (ZRG-102); one that a link names goes first. */
export function draftOf(lead: Lead, linked: string | null): Draft | undefined {
  const open = lead.drafts.filter((d) => d.status === "pending").reverse();
  return open.find((d) => d.draft_id === linked) ?? open[0];
}

const underWay = (lead: Lead) => [...lead.drafts].reverse().find((d) => d.status === "approved" && d.sending && ["waiting", "sending", "unknown"].includes(d.sending.state));

function Verdict({ draft }: { draft: Draft }) {
  const d = draft.decision;
  return (
    <p class="dim">
      {draft.author === "model" ? "Written by the model" : draft.author === "rule" ? "From the workspace's texts" : "Written by hand"}
      {draft.edited && ", edited"}
      {d?.confidence != null && `, judged ${Math.round(d.confidence * 100)} % sure`}
      {d?.explanation && `: ${d.explanation}`}
      {d && !d.explanation && `, ${reasonText(d.reason)}`}. <When at={draft.made_at} relative />
    </p>
  );
}

/** Whom an email goes to and what it is about. */
function MailHead({ who, subject, onSubject }: { who: ReturnType<typeof useAddressed>; subject: string; onSubject: (text: string) => void }) {
  return (
    <>
      <AddressFields who={who} />
      <label>
        Subject
        <input value={subject} onInput={(e) => onSubject(e.currentTarget.value)} />
      </label>
    </>
  );
}

function DraftEditor({ lead, draft, reload, onAnswer }: { lead: Lead; draft: Draft; reload: () => void; onAnswer: () => void }) {
  const here = useHere();
  const [text, setText] = useState(draft.text ?? "");
  const [subject, setSubject] = useState(draft.subject ?? "");
  const who = useAddressed(lead.recipients, draft.channel, draft);
  const path = (what: string) => within(here.ws, "drafts", draft.draft_id, what);
  const words = { ...(text !== draft.text ? { text } : {}), ...(draft.subject != null && subject !== draft.subject ? { subject } : {}) };
  const done = (what: string) => () => (say(what), reload());
  return (
    <section class="card composer" aria-label="Draft">
      <h3>Draft</h3>
      <Verdict draft={draft} />
      {draft.stale && (
        <p class="warn">{draft.stale === "overtaken" ? "The lead has written since. Read on before you send it." : "It has waited for long. Read the conversation before you send it."}</p>
      )}
      {draft.sending?.state === "not_sent" && <p class="warn">It was not sent: {reasonText(draft.sending.reason)}.</p>}
      {draft.channel === "email" && <MailHead who={who} subject={subject} onSubject={setSubject} />}
      <label>
        Answer
        <textarea rows={7} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      {who.against && <p class="warn">{who.against}</p>}
      <p class="row">
        {!who.against && (
          <Act
            label="Approve & send"
            kind="primary"
            act={() => ask(path("approve"), { method: "POST", body: { version: draft.version, confirmed: true, ...words, ...who.body } })}
            onDone={() => (say("On its way."), onAnswer(), reload())}
          />
        )}
        <Act
          label="Save"
          act={() => ask(path("edit"), { method: "POST", body: { version: draft.version, text, ...(draft.subject != null ? { subject } : {}), ...who.body } })}
          onDone={done("Saved.")}
        />
        <Act label="Write anew" act={() => ask(path("regenerate"), { method: "POST", body: { version: draft.version } })} onDone={done("It is being written.")} />
        <Act label="Reject" act={() => ask(path("reject"), { method: "POST", body: { reason: "not wanted" } })} onDone={done("Rejected.")} />
      </p>
    </section>
  );
}

function OwnMessage({ lead, reload, onAnswer }: { lead: Lead; reload: () => void; onAnswer: () => void }) {
  const here = useHere();
  const last = [...lead.conversation].reverse().find((m) => m.direction === "inbound");
  const channel = last?.channel ?? "email";
  const before = last?.subject ?? "";
  const who = useAddressed(lead.recipients, channel);
  const [text, setText] = useState("");
  const [subject, setSubject] = useState(before && !/^re:/i.test(before) ? `Re: ${before}` : before);
  return (
    <section class="card composer" aria-label="Your message">
      {channel === "email" && <MailHead who={who} subject={subject} onSubject={setSubject} />}
      <label>
        Your message
        <textarea rows={5} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      {who.against ? (
        <p class="warn">{who.against}</p>
      ) : (
        <p class="row">
          <Act
            label="Send"
            kind="primary"
            act={() => ask(within(here.ws, "leads", lead.lead_id, "messages"), { method: "POST", body: { channel, text, ...(channel === "email" ? { subject } : {}), ...who.body } })}
            onDone={() => (say("On its way."), setText(""), onAnswer(), reload())}
          />
        </p>
      )}
    </section>
  );
}

/** Below the conversation, for whoever may write. */
export function Composer({ lead, linked, reload, onAnswer }: { lead: Lead; linked: string | null; reload: () => void; onAnswer: () => void }) {
  if (lead.suppression.person) return null;
  const moving = underWay(lead);
  if (moving)
    return (
      <p class="dim" role="status">
        An answer of {moving.decided_by} is {moving.sending?.state === "waiting" ? `waiting: ${reasonText(moving.sending.reason)}` : "on its way"}.
      </p>
    );
  const draft = draftOf(lead, linked);
  if (draft?.phase === "writing") return <p class="dim" role="status">An answer is being written.</p>;
  if (draft?.text) return <DraftEditor key={`${draft.draft_id}/${draft.version}`} lead={lead} draft={draft} reload={reload} onAnswer={onAnswer} />;
  return <OwnMessage key={lead.lead_id} lead={lead} reload={reload} onAnswer={onAnswer} />;
}
