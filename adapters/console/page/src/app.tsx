import { useEffect, useState } from "preact/hooks";
import { readSession, Refusal, whenSignedOut, type Session } from "./api";
import { HereContext, type Here } from "./context";
import { watch } from "./live";
import { Empty, Loading, Sayings, Trouble } from "./parts";
import { go, onLinkClick, usePlace, withQuery, type Place } from "./router";
import { Shell } from "./shell";
import { FirstRun, SignIn } from "./pages/sign_in";
import { QueuePage } from "./pages/queue";
import { RunPage } from "./pages/run";
import { LeadsPage } from "./pages/leads";
import { LeadPage } from "./pages/lead";
import { DecisionPage } from "./pages/decision";
import { InboxPage } from "./pages/inbox";
import { CampaignsPage } from "./pages/campaigns";
import { CampaignPage } from "./pages/campaign";
import { DecisionsPage } from "./pages/decisions";
import { OperationsPage } from "./pages/operations";
import { UsersPage } from "./pages/users";

function Room({ place }: { place: Place }) {
  const [, first, second, third, fourth] = place.path.split("/").map(decodeURIComponent);
  switch (first) {
    case "":
    case "sender":
      return second === "queue" && third ? <RunPage run={third} /> : <QueuePage />;
    case "leads":
      if (second && third === "decisions" && fourth) return <DecisionPage lead={second} seq={Number(fourth)} />;
      return second ? <LeadPage lead={second} /> : <LeadsPage />;
    case "inbox":
      return <InboxPage selected={second ?? ""} />;
    case "campaigns":
      return second ? <CampaignPage id={second} /> : <CampaignsPage />;
    case "decisions":
      return <DecisionsPage />;
    case "operations":
      return second === "users" ? <UsersPage /> : <OperationsPage />;
    default:
      return <Empty title="There is no such page">Choose one above.</Empty>;
  }
}

/** An address of our own that names none gets the first; one from elsewhere (`clientId`) also when it names one we may not see (ZRG-11). */
function hereOf(session: Session, place: Place): Here | null {
  const all = session.workspaces ?? [];
  const client = place.query.get("clientId");
  const wanted = client ?? place.query.get("ws");
  const found = all.find((w) => w.id === wanted) ?? (client !== null || !wanted ? all[0] : undefined);
  return found ? { session, ws: found.id, role: found.role } : null;
}

/** Where a link that names a `clientId` leads: a message in Slack names the lead and the draft as well (ZRG-94). */
function landing(place: Place, ws: string): string {
  const lead = place.query.get("leadId");
  const inbox = place.query.get("view") === "inbox";
  if (inbox && lead && place.query.get("clientId") === ws)
    return `/inbox/${encodeURIComponent(lead)}?${new URLSearchParams({ ws, show: "all", draft: place.query.get("draftId") ?? "" })}`;
  const path = inbox ? "/inbox" : place.path === "/" ? "/sender/queue" : place.path;
  return withQuery({ path, query: place.query }, { ws, clientId: null, view: null, leadId: null, draftId: null });
}

/** Pages are for who is signed in; the address asked for is kept for afterwards (ZRG-9). */
const door = "/sign-in";
function toTheDoor(): void {
  if (location.pathname !== door) go(`${door}?${new URLSearchParams({ next: location.pathname + location.search })}`, "replace");
}
function fromTheDoor(): void {
  const next = new URLSearchParams(location.search).get("next") ?? "/";
  // Nowhere but here: `//elsewhere` would be another host.
  if (location.pathname === door) go(/^\/(?![/\\])/.test(next) ? next : "/", "replace");
}

function Inside({ session, onSignedOut }: { session: Session; onSignedOut: () => void }) {
  const place = usePlace();
  const here = hereOf(session, place);
  useEffect(() => watch(here?.ws ?? ""), [here?.ws]);
  useEffect(() => () => watch(""), []);
  useEffect(() => {
    if (here && place.query.has("clientId")) go(landing(place, here.ws), "replace");
    else if (place.path === door) fromTheDoor();
    else if (place.path === "/" || place.path === "/first-run") go("/sender/queue", "replace");
    else if (here && place.query.get("ws") !== here.ws) go(withQuery(place, { ws: here.ws }), "replace");
  }, [place, here?.ws]);
  if (!here)
    return (
      <main class="lone">
        <Empty title="No workspace here">
          {place.query.get("ws") ? "This workspace does not exist, or you have no role in it." : "Ask whoever runs this installation to give you a role in a workspace."}
        </Empty>
      </main>
    );
  return (
    <HereContext.Provider value={here}>
      <Shell place={place} onSignedOut={onSignedOut}>
        <Room place={place} key={here.ws} />
      </Shell>
    </HereContext.Provider>
  );
}

export function App() {
  const [session, set] = useState<Session | null>(null);
  const [error, setError] = useState<Refusal>();
  useEffect(() => {
    const read = () =>
      readSession()
        .then((s) => {
          setError(undefined);
          set(s);
        })
        .catch((e: unknown) => {
          if (e instanceof Refusal) setError(e);
          window.setTimeout(read, 2000);
        });
    whenSignedOut(() => void read());
    void read();
    document.addEventListener("click", onLinkClick);
    return () => document.removeEventListener("click", onLinkClick);
  }, []);
  const outside = session !== null && !session.signed_in && !session.first_run;
  useEffect(() => {
    if (outside) toTheDoor();
  }, [outside]);
  return (
    <>
      {!session && (error ? <Trouble error={error} /> : <Loading />)}
      {session && !session.signed_in && session.first_run && <FirstRun onDone={set} />}
      {outside && <SignIn onDone={set} />}
      {session?.signed_in && <Inside session={session} onSignedOut={() => set({ signed_in: false, first_run: false })} />}
      <Sayings />
    </>
  );
}
