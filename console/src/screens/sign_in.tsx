/** The way in: a key, which is kept in memory, or for the tab if the person says so. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Refusal } from "../api";
import { asRefusal } from "../hooks";
import { texts } from "../texts";
import { CheckField, Problem, TextField } from "../ui/parts";

export function SignIn(props: { enter: (key: string, keep: boolean) => Promise<void>; ended: Refusal | undefined }) {
  const [key, setKey] = useState("");
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    document.title = texts.name;
    form.current?.querySelector("input")?.focus();
  }, []);
  const enter = async (event: Event) => {
    event.preventDefault();
    const given = key.trim();
    if (!given) {
      setProblem(new Refusal(400, "", texts.signIn.noKey));
      return;
    }
    if (/[^\x21-\x7e]/.test(given)) {
      setProblem(new Refusal(401, "", texts.signIn.wrong));
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await props.enter(given, keep);
    } catch (error) {
      const refusal = asRefusal(error);
      setProblem(refusal.status === 401 ? new Refusal(401, refusal.code, texts.signIn.wrong) : refusal);
      setBusy(false);
    }
  };
  return (
    <main class="middle">
      <form class="card sign-in" ref={form} onSubmit={enter}>
        <h1>
          <span class="mark" aria-hidden="true" />
          {texts.name}
        </h1>
        <p>{texts.signIn.about}</p>
        <TextField
          label={texts.signIn.key}
          type="password"
          value={key}
          onChange={setKey}
          input={{ spellcheck: false, autocapitalize: "off", dir: "ltr" }}
        />
        <CheckField label={texts.signIn.keep} checked={keep} onChange={setKeep} help={texts.signIn.keepHelp} />
        <Problem problem={problem ?? props.ended} />
        <button type="submit" class="first" disabled={busy}>
          {busy ? texts.signIn.busy : texts.signIn.enter}
        </button>
        <p class="small">
          <a href={`${location.pathname.replace(/\/+$/, "")}/docs`}>{texts.signIn.docs}</a>
        </p>
      </form>
    </main>
  );
}
