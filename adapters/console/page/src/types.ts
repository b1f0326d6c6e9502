// What the API answers, as far as the pages look at it (openapi.json says all of it).

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type RunStatus = "pending" | "running" | "paused" | "suppressed" | "failed" | "done";
export const runStatuses: RunStatus[] = ["pending", "running", "paused", "suppressed", "failed", "done"];

export interface Run {
  run_id: string;
  who?: string | null;
  lead_id: string;
  campaign_id: string;
  status: RunStatus;
  reason: string | null;
  cursor: number;
  next_at: string | null;
  waiting_at: string | null;
  intent_score: number;
  started_at: string;
}
export interface RunPage {
  items: Run[];
  next: string | null;
  counts: Record<RunStatus, number>;
}
export interface Touch {
  effect_id: string;
  step_id: string | null;
  account: string | null;
  state: string;
  attempts: number;
  planned_at: string;
  claimed_at: string | null;
  provider_id: string | null;
  detail: string | null;
}
export interface RunDetail extends Run {
  pauses: string[];
  failed: { step_id: string; retry: Retry }[];
  history: { at: string; step: number; step_id: string; channel: string; outcome: string; detail: string | null }[];
  touches: Touch[];
}

export interface Message {
  at: string;
  direction: "inbound" | "outbound";
  channel: string;
  subject: string | null;
  text: string | null;
}
export interface Draft {
  draft_id: string;
  version: number;
  status: "pending" | "approved" | "rejected";
  stale: "overtaken" | "held_too_long" | null;
  channel: string;
  subject: string | null;
  text: string | null;
  to: string | null;
  cc: string[];
  author: "rule" | "model" | "human";
  edited: boolean;
  made_at: string;
  phase: string;
  decision: { confidence: number | null; reason: string; explanation: string | null; action: string } | null;
  sending: { state: "waiting" | "sending" | "unknown" | "sent" | "not_sent"; reason: string | null } | null;
  decided_by: string | null;
}
/** Whom an email may go to, the likeliest first. */
export interface Recipients {
  choices: { email: string; name: string | null; as: "replier" | "latest_sender" | "primary" | "alternate"; held: string | null }[];
  fixed: string | null;
  copies: boolean;
}
export interface Lead {
  lead_id: string;
  keys: { kind: string; value: string }[];
  recipients: Recipients;
  fields: Record<string, string>;
  time_zone: string | null;
  owner: "human" | "automation";
  handoff: { since: string; reason: string; by: string | null; episode: number } | null;
  human_silence_until: string | null;
  snoozed_until: string | null;
  consent: Record<string, { status: string; source: string; at: string }>;
  suppression: { person: string | null; addresses: { kind: string; value: string; reason: string }[] };
  tickets: { open: string[]; last_close: string | null };
  poisoned: boolean;
  intent: {
    score: number;
    threshold: number;
    hot: boolean;
    profile: string;
    signals: { what: string; points: number; sources: string[] }[];
    promotion: { at: string; score: number; threshold: number } | null;
    over_time: { at: string; score: number; parts: { what: string; points: number }[] }[];
  };
  runs: Run[];
  conversation: Message[];
  drafts: Draft[];
}

export interface GateVerdict {
  gate: string;
  outcome: "pass" | "wait" | "pause" | "skip" | "suppress" | "hold" | "end";
  reason: string;
  opens_at: string | null;
  numbers: { name: string; value: number }[];
}
export interface Verdict {
  campaign: string;
  step: string;
  gates: GateVerdict[];
}
export type Fact = { kind: string } & Record<string, unknown>;
export interface Decision {
  seq: number;
  decision_id: string;
  decided_at: string;
  kind: string;
  revision: number;
  rules_version: number;
  stimulus: { source?: string; occurred_at?: string; channel?: string | null; campaign?: string; body?: Record<string, unknown> } | null;
  facts: Fact[];
  effects: ({ kind: string } & Record<string, unknown>)[];
  verdicts: Verdict[];
}
export interface Replay {
  decisions: number;
  violations: number;
  other_rules: number;
  unreadable: number;
  findings: string[];
}

export interface LeadLine {
  lead_id: string;
  who?: string | null;
  hot: boolean;
  handed_off: boolean;
  suppressed: string | null;
  runs: number;
  last_decided: string | null;
}
export interface Handoff {
  lead_id: string;
  who?: string | null;
  episode: number;
  reason: string;
  by: string | null;
  since: string;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
  ended_at: string | null;
  ended_by: string | null;
}

export interface CampaignRow {
  id: string;
  revision: number;
  sequence_version: number;
  paused: boolean;
  etag: string;
  definition: Definition;
}
export interface Step {
  id: string;
  channel: string;
  /** After the step before; one that counts from the run's start has `at` instead. */
  delay?: string;
  at?: { from: string; delay: string };
  template: string;
  essential: boolean;
  requires_approval: boolean;
  guard?: unknown;
}
export interface Definition extends Record<string, unknown> {
  id: string;
  name: string;
  intent: string;
  enabled: boolean;
  requires_approval: boolean;
  attribution: Record<string, string>;
  time_zone: string;
  business_hours: { days: string[]; from: string; to: string; holidays: string[] } | null;
  timing_window: string | null;
  sequence: Step[];
  templates: Record<string, { subject: string; body: string }>;
  profile: { threshold: number; name: string };
}

export interface Report {
  welcomed: number;
  suppressed: number;
  takeovers: number;
  reasons: { suppressed: Record<string, number>; takeovers: Record<string, number> };
  context: {
    enrolled: number;
    sent: number;
    skipped: Record<string, number>;
    blocked: Record<string, number>;
    unknown: number;
    held_for_approval: number;
    waited: Record<string, number>;
    paused: Record<string, number>;
  };
  from: string;
  to: string;
}

export interface Component {
  path: string;
  state: string;
  crashes: number;
  restarts: number;
  handled: number | null;
  mailbox: number | null;
  since: string | null;
  last_error: string | null;
  children: Component[];
}
export interface DeadLetter {
  id: string;
  what: string;
  workspace: string;
  lead_id: string;
  kind: string;
  error: string;
  attempts: number;
  died_at: string;
}
export interface Account {
  id: string;
  channel: string;
  provider: string;
  from: string;
  enabled: boolean;
  stopped: boolean;
  max_per_day: number;
  max_per_second: number;
  pulse: {
    circuit: "closed" | "open" | "probing";
    open_until: string | null;
    failures: number;
    calls: number;
    last_call_at: string | null;
    median_ms: number;
    p95_ms: number;
  } | null;
}
export interface Stop {
  scope: string;
  name: string;
  stopped: boolean;
  by: string;
  at: string;
}

/** Something that was not sent, why, and what came after. */
export interface Restraint {
  lead_id: string;
  who: string | null;
  campaign_id: string;
  at: string;
  what: "run_ended" | "skipped" | "blocked";
  reason: string;
  decision_id: string | null;
  score: number | null;
  threshold: number | null;
  withheld: { step_id: string; channel: string | null }[];
  retry: Retry | null;
  afterwards: { at: string; kind: string; seq: number }[];
  outcome: string | null;
}
export interface Retry {
  possible: boolean;
  reason: string | null;
}
export interface DaysReport {
  time_zone: string;
  days: {
    date: string;
    sent: number;
    waited: Record<string, number>;
    paused: Record<string, number>;
    suppressed: Record<string, number>;
    skipped: Record<string, number>;
  }[];
}

export interface ForecastDay {
  channels: Record<string, number>;
  waits: Record<string, number>;
  pauses: Record<string, number>;
  suppressed: Record<string, number>;
  reactions: Record<string, number>;
  handoffs: number;
  backlog: number;
  sent: number;
}
export interface Forecast {
  campaign_id: string;
  state: "waiting" | "running" | "done" | "failed" | "given_up";
  percent: number;
  asked_by: string;
  leads: number;
  days: number;
  people: string;
  error: string | null;
  report: {
    from: string;
    to: string;
    time_zone: string;
    leads: number;
    notes: string[];
    handoffs_per_day: number;
    days: Record<string, ForecastDay>;
    standings: { status: string; why: string; runs: number; example: string }[];
  } | null;
}

export interface CampaignCheck {
  problems: { field: string; detail: string }[];
  samples: { step_id: string; channel: string; subject: string | null; body: string | null; missing: string[] }[];
  variables: string[];
}
export interface Member {
  email: string;
  name: string;
  role: string;
  everywhere: boolean;
  locked: boolean;
}

export interface Preview {
  message: { to: string; subject: string; body: string } | null;
  gates: GateVerdict[];
}
