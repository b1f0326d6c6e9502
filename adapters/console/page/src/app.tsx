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

function hereOf(session: Session, place: Place): Here | null {
  const all = session.workspaces ?? [];
  const wanted = place.query.get("ws");
  const found = wanted ? all.find((w) => w.id === wanted) : all[0];
  return found ? { session, ws: found.id, role: found.role } : null;
}

function Inside({ session, onSignedOut }: { session: Session; onSignedOut: () => void }) {
  const place = usePlace();
  const here = hereOf(session, place);
  useEffect(() => watch(here?.ws ?? ""), [here?.ws]);
  useEffect(() => () => watch(""), []);
  useEffect(() => {
    // A message in Slack names workspace, lead and draft (ZRG-11, ZRG-94).
    const lead = place.query.get("view") === "inbox" && place.query.get("leadId");
    if (lead) go(`/inbox/${encodeURIComponent(lead)}?${new URLSearchParams({ ws: place.query.get("clientId") ?? "", show: "all", draft: place.query.get("draftId") ?? "" })}`, "replace");
    else if (place.path === "/" || place.path === "/sign-in" || place.path === "/first-run") go("/sender/queue", "replace");
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
  return (
    <>
      {!session && (error ? <Trouble error={error} /> : <Loading />)}
      {session && !session.signed_in && session.first_run && <FirstRun onDone={set} />}
      {session && !session.signed_in && !session.first_run && <SignIn onDone={set} />}
      {session?.signed_in && <Inside session={session} onSignedOut={() => set({ signed_in: false, first_run: false })} />}
      <Sayings />
    </>
  );
}
