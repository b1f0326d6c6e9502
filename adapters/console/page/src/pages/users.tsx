// Who may do what in this workspace.
import { useState } from "preact/hooks";
import { ask, atLeast, Refusal, within } from "../api";
import { useHere } from "../context";
import { useRead } from "../live";
import { Act, Empty, Loading, say, Trouble } from "../parts";
import { plain } from "../words";
import type { Member } from "../types";

const roles = [
  { id: "reader", may: "looks" },
  { id: "setter", may: "takes leads, answers, pauses and stops" },
  { id: "inbox_manager", may: "runs the inbox" },
  { id: "admin", may: "changes campaigns, accounts and settings" },
  { id: "owner", may: "also says who is here" },
];

function RoleChoice({ value, name, onChange }: { value: string; name: string; onChange?: (role: string) => void }) {
  return (
    <select name="role" aria-label={name} onChange={(e) => onChange?.(e.currentTarget.value)}>
      {roles.map((r) => (
        <option key={r.id} value={r.id} selected={r.id === value}>
          {plain(r.id)}: {r.may}
        </option>
      ))}
    </select>
  );
}

function Row({ member, reload }: { member: Member; reload: () => void }) {
  const here = useHere();
  const path = within(here.ws, "users", member.email);
  const may = atLeast(here.role, "owner") && !member.everywhere;
  const change = (role: string) =>
    void ask<Member>(path, { method: "PUT", body: { role } })
      .then(() => (say(`${member.name} is ${plain(role)} now.`), reload()))
      .catch((e: unknown) => e instanceof Refusal && say(`${e.message} ${e.fix}`, true));
  return (
    <tr>
      <td>
        <b>{member.name}</b> <span class="dim">{member.email}</span> {member.locked && <span class="tag tag-failed">locked</span>}
      </td>
      <td>{may ? <RoleChoice value={member.role} name={`Role of ${member.name}`} onChange={change} /> : plain(member.role === "operator" ? "owner" : member.role)}</td>
      <td class="tight act">
        {may ? (
          <Act label="Remove" act={() => ask(path, { method: "DELETE" })} onDone={() => (say(`${member.name} has no role here any more.`), reload())} />
        ) : (
          member.everywhere && <span class="dim">runs the installation</span>
        )}
      </td>
    </tr>
  );
}

function Invite({ reload }: { reload: () => void }) {
  const here = useHere();
  const [error, setError] = useState<Refusal>();
  const send = (form: HTMLFormElement) => {
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name)).trim();
    setError(undefined);
    ask<Member>(within(here.ws, "users", text("email")), {
      method: "PUT",
      body: { role: text("role"), ...(text("name") ? { name: text("name") } : {}), ...(text("password") ? { password: text("password") } : {}) },
    })
      .then((m) => {
        form.reset();
        say(`${m.name} may sign in as ${plain(m.role)}.`);
        reload();
      })
      .catch((e: unknown) => e instanceof Refusal && setError(e));
  };
  return (
    <form
      class="card"
      onSubmit={(e) => {
        e.preventDefault();
        send(e.currentTarget as HTMLFormElement);
      }}
    >
      <h2>Bring somebody in</h2>
      <div class="row">
        <label>
          Email <input name="email" type="email" required autocomplete="off" />
        </label>
        <label>
          Name <input name="name" maxLength={100} autocomplete="off" />
        </label>
        <label>
          First password <input name="password" type="password" minLength={12} autocomplete="new-password" />
        </label>
        <label>
          Role <RoleChoice value="setter" name="Role" />
        </label>
        <button>Give the role</button>
      </div>
      <p class="dim">Who signs in for another workspace already keeps name and password: leave them out.</p>
      <Trouble error={error} />
    </form>
  );
}

export function UsersPage() {
  const here = useHere();
  const may = atLeast(here.role, "admin");
  const read = useRead<{ items: Member[] }>(may ? within(here.ws, "users") : null, () => false);
  const items = read.data?.items ?? [];
  if (!may) return <Empty title="Users">An admin sees who is here, and an owner says who may do what.</Empty>;
  return (
    <>
      <div class="head">
        <h1>Users of {here.ws}</h1>
      </div>
      <Trouble error={read.error} />
      {!read.data && !read.error && <Loading />}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Users">
          <table>
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">Role</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((m) => (
                <Row key={m.email} member={m} reload={read.reload} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {atLeast(here.role, "owner") && <Invite reload={read.reload} />}
    </>
  );
}
