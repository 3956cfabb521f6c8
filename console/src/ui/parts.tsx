/** The parts that screens are made of. */

import type { ComponentChildren, InputHTMLAttributes, PartialInputHTMLAttributes } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import type { FieldProblem, Refusal } from "../api";
import { amount, distance, moment, signed } from "../format";
import { texts } from "../texts";

export function Screen(props: { title: string; about?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${props.title} · ${texts.name}`;
  }, [props.title]);
  return (
    <>
      <header class="screen">
        <div>
          <h1 title={props.title.length > 60 ? props.title : undefined}>
            <bdi>{props.title}</bdi>
          </h1>
          {props.about && <div class="about">{props.about}</div>}
        </div>
        {props.actions && <div class="actions">{props.actions}</div>}
      </header>
      {props.children}
    </>
  );
}

export function Card(props: { title?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren; class?: string }) {
  return (
    <section class={`card ${props.class ?? ""}`}>
      {props.title && (
        <header>
          <h2>{props.title}</h2>
          {props.actions && <div class="actions">{props.actions}</div>}
        </header>
      )}
      {props.children}
    </section>
  );
}

/** What was refused, in the stack's own words, and what to name when asking for help. */
export function Problem(props: { problem: Refusal | undefined; retry?: () => void }) {
  const { problem } = props;
  if (!problem) {
    return null;
  }
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{texts.problem.title(problem.status)}</strong> {problem.message}
      </p>
      {(props.retry || problem.requestId) && (
        <p class="small">
          {props.retry && problem.status !== 403 && (
            <button type="button" class="plain" onClick={props.retry}>
              {texts.again}
            </button>
          )}
          {problem.requestId && <span class="id">{texts.problem.request(problem.requestId)}</span>}
        </p>
      )}
    </div>
  );
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="hidden">{texts.loading}</span>
      <i />
      <i />
      <i />
    </div>
  );
}

export function Empty(props: { children: ComponentChildren }) {
  return <p class="empty">{props.children}</p>;
}

/** Something that is loaded: while it is, if it failed, and once it is there. */
export function Show<T>(props: {
  of: { data: T | undefined; problem: Refusal | undefined; loading: boolean; reload: () => void };
  children: (data: T) => ComponentChildren;
}) {
  const { data, problem, loading, reload } = props.of;
  return (
    <>
      <Problem problem={problem} retry={reload} />
      {data !== undefined ? props.children(data) : loading ? <Loading /> : null}
    </>
  );
}

/** The end of a list: more of it, or what went wrong. */
export function ListEnd(props: {
  of: { items: unknown[]; problem: Refusal | undefined; loading: boolean; complete: boolean; more: () => void };
  empty: ComponentChildren;
}) {
  const { items, problem, loading, complete, more } = props.of;
  return (
    <>
      <Problem problem={problem} retry={more} />
      {loading && <Loading />}
      {!loading && !problem && complete && items.length === 0 && <Empty>{props.empty}</Empty>}
      {!loading && !problem && !complete && (
        <button type="button" class="more" onClick={more}>
          {texts.more}
        </button>
      )}
    </>
  );
}

export function Badge(props: { of: string; tone?: "good" | "bad" | "warn" | "quiet" | "info"; children?: ComponentChildren }) {
  return <span class={`badge ${props.tone ?? "quiet"}`}>{props.children ?? props.of}</span>;
}

export function Amount(props: { value: number; sign?: boolean; unit?: string }) {
  const tone = props.sign ? (props.value > 0 ? "up" : props.value < 0 ? "down" : "") : props.value < 0 ? "down" : "";
  return (
    <span class={`amount ${tone}`}>
      {props.sign ? signed(props.value) : amount(props.value)}
      {props.unit && <small> {props.unit}</small>}
    </span>
  );
}

export function When(props: { at: string | null | undefined; far?: boolean }) {
  if (!props.at) {
    return <span class="quiet">{texts.never}</span>;
  }
  return (
    <time dateTime={props.at} title={props.at}>
      {props.far ? distance(props.at) : moment(props.at)}
    </time>
  );
}

/** A name that somebody else chose: it stays on its line, and turns no other text around. */
export function Name(props: { of: string; link?: string }) {
  const shown = <bdi class="name">{props.of}</bdi>;
  return props.link ? <a href={props.link}>{shown}</a> : shown;
}

/** A text in which names of fields stand between backticks, as in the descriptions of the API. */
export function prose(text: string): ComponentChildren {
  return text.split("`").map((part, index) => (index % 2 ? <code>{part}</code> : part));
}

/** The problems of a field, or of what is below it, if `within`. */
export function problemsAt(problems: readonly FieldProblem[], path: string): string[] {
  return problems.filter((one) => one.field === path).map((one) => one.message);
}

export function Field(props: {
  label: ComponentChildren;
  help?: ComponentChildren;
  problems?: readonly string[];
  optional?: boolean;
  children: (attributes: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean }) => ComponentChildren;
  class?: string;
}) {
  const id = useId();
  const wrong = (props.problems?.length ?? 0) > 0;
  const described = [props.help && `${id}-help`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return (
    <div class={`field ${wrong ? "wrong" : ""} ${props.class ?? ""}`}>
      <label for={id}>
        {props.label}
        {props.optional && <span class="optional"> {texts.optional}</span>}
      </label>
      {props.children({ id, "aria-describedby": described, "aria-invalid": wrong })}
      {props.help && (
        <p class="help" id={`${id}-help`}>
          {typeof props.help === "string" ? prose(props.help) : props.help}
        </p>
      )}
      {wrong && (
        <p class="message" id={`${id}-wrong`}>
          {props.problems!.join("; ")}
        </p>
      )}
    </div>
  );
}

export function TextField(props: {
  label: ComponentChildren;
  value: string;
  onChange: (value: string) => void;
  help?: ComponentChildren;
  problems?: readonly string[];
  optional?: boolean;
  type?: "text" | "password" | "number" | "date";
  list?: string;
  class?: string;
  input?: Omit<PartialInputHTMLAttributes<HTMLInputElement>, "type">;
}) {
  return (
    <Field label={props.label} help={props.help} problems={props.problems} optional={props.optional} class={props.class}>
      {(attributes) => {
        // Every type of input has types of its own; which one it is, is known only when it is shown.
        const all = { type: props.type ?? "text", dir: "auto", autocomplete: "off", list: props.list, ...attributes, ...props.input };
        return <input {...(all as InputHTMLAttributes<HTMLInputElement>)} value={props.value} onInput={(event) => props.onChange(event.currentTarget.value)} />;
      }}
    </Field>
  );
}

export function SelectField(props: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
  help?: ComponentChildren;
  problems?: readonly string[];
  optional?: boolean;
  class?: string;
}) {
  return (
    <Field label={props.label} help={props.help} problems={props.problems} optional={props.optional} class={props.class}>
      {(attributes) => (
        <select {...attributes} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
          {props.options.map(([value, label]) => (
            <option key={value} value={value} selected={value === props.value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckField(props: { label: string; checked: boolean; onChange: (checked: boolean) => void; help?: ComponentChildren }) {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={props.checked}
        aria-describedby={props.help ? `${id}-help` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <label for={id}>{props.label}</label>
      {props.help && (
        <p class="help" id={`${id}-help`}>
          {props.help}
        </p>
      )}
    </div>
  );
}

/** A dialog: the browser keeps the focus in it, and Escape closes it. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const closed = useRef(props.onClose);
  closed.current = props.onClose;
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    const tell = () => closed.current();
    element.addEventListener("close", tell);
    element.showModal();
    return () => {
      element.removeEventListener("close", tell);
      // While it is open nothing beside it can have the focus.
      element.close();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} class={props.wide ? "wide" : ""}>
      <header>
        <h2 id={id}>{props.title}</h2>
        <button type="button" class="plain close" aria-label={texts.close} onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      <div class="content">{props.children}</div>
    </dialog>
  );
}

/** Rows of a table; on a phone each row is a card, whose cells have the headings beside them. */
export function Table<T>(props: {
  caption: string;
  rows: readonly T[];
  id: (row: T, index: number) => string;
  columns: readonly { title: string; cell: (row: T) => ComponentChildren; number?: boolean }[];
}) {
  return (
    <div class="table">
      <table>
        <caption class="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th scope="col" class={column.number ? "number" : ""}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            <tr key={props.id(row, index)}>
              {props.columns.map((column) => (
                <td class={column.number ? "number" : ""} data-title={column.title}>
                  <div>{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Tabs(props: { label: string; tabs: readonly (readonly [label: string, href: string, current: boolean])[] }) {
  const place = useRef<HTMLElement>(null);
  const current = props.tabs.find(([, , is]) => is)?.[1];
  // On a phone the row is longer than the screen.
  useEffect(() => place.current?.querySelector("[aria-current]")?.scrollIntoView({ inline: "nearest", block: "nearest" }), [current]);
  return (
    <nav class="tabs" aria-label={props.label} ref={place}>
      {props.tabs.map(([label, href, current]) => (
        <a href={href} aria-current={current ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}
