import { useState } from "preact/hooks";
import { becomeOwner, Refusal, signIn, type Session } from "../api";
import { Trouble } from "../parts";

type Done = (s: Session) => void;

function useForm(send: (data: FormData) => Promise<Session>, onDone: Done) {
  const [error, setError] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    send(new FormData(e.currentTarget as HTMLFormElement))
      .then(onDone)
      .catch((e: unknown) => {
        if (e instanceof Refusal) setError(e);
      })
      .finally(() => setBusy(false));
  };
  return { error, busy, submit };
}
const text = (data: FormData, name: string) => String(data.get(name) ?? "");

export function SignIn({ onDone }: { onDone: Done }) {
  const form = useForm((d) => signIn(text(d, "email"), text(d, "password")), onDone);
  return (
    <main class="lone">
      <h1>Heed</h1>
      <form class="card" onSubmit={form.submit}>
        <label>
          Email
          <input name="email" type="email" autocomplete="username" required autofocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <Trouble error={form.error} />
        <button class="primary" disabled={form.busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}

export function FirstRun({ onDone }: { onDone: Done }) {
  const form = useForm(
    (d) => becomeOwner({ token: text(d, "token").trim(), email: text(d, "email"), name: text(d, "name"), password: text(d, "password") }),
    onDone,
  );
  return (
    <main class="lone">
      <h1>Heed</h1>
      <form class="card" onSubmit={form.submit}>
        <p>Nobody can sign in yet. The log of the newest start holds a token (console.first_run) that makes you the owner, once.</p>
        <label>
          Token
          <input name="token" required defaultValue={location.hash.slice(1)} autocomplete="off" spellcheck={false} />
        </label>
        <label>
          Your name
          <input name="name" autocomplete="name" required />
        </label>
        <label>
          Email
          <input name="email" type="email" autocomplete="username" required />
        </label>
        <label>
          Password, 10 characters or more
          <input name="password" type="password" autocomplete="new-password" minLength={10} required />
        </label>
        <Trouble error={form.error} />
        <button class="primary" disabled={form.busy}>
          Become the owner
        </button>
      </form>
    </main>
  );
}
