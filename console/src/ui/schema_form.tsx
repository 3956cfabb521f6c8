/** A form made from the JSON Schema of the models: what it asks for, explains and allows is what the API takes. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

import type { FieldProblem } from "../api";
import { texts } from "../texts";
import { Field, problemsAt, prose } from "./parts";

export interface Schema {
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  const?: unknown;
  enum?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  examples?: unknown[];
}

export interface FormContext {
  definitions: Record<string, Schema>;
  problems: readonly FieldProblem[];
  /** Ids of lists of suggestions by the name of a field. */
  suggestions: Readonly<Record<string, string>>;
  /** Paths of optional fields that are there from the beginning, as most people look for them. */
  always?: ReadonlySet<string>;
}

type Value = unknown;
type Json = Record<string, unknown>;

interface Props {
  schema: Schema;
  path: string;
  name: string;
  value: Value;
  onChange: (value: Value) => void;
  context: FormContext;
  optional?: boolean;
  /** What stands beside it in its object. */
  beside?: Json;
}

function resolved(schema: Schema, context: FormContext): Schema {
  if (schema.$ref) {
    const found = context.definitions[schema.$ref.split("/").at(-1)!] ?? {};
    return { ...found, description: schema.description ?? found.description };
  }
  const inner = schema.anyOf?.filter((one) => one.type !== "null");
  return inner?.length === 1 ? { ...resolved(inner[0]!, context), description: schema.description ?? inner[0]!.description } : schema;
}

function labelOf(name: string): string {
  return texts.fields[name] ?? (/^\d+$/.test(name) ? String(Number(name) + 1) : name.replace(/_/g, " "));
}

const isObject = (value: Value): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a new value of this schema begins with. */
function fresh(schema: Schema, context: FormContext): Value {
  const real = resolved(schema, context);
  if (real.const !== undefined) {
    return real.const;
  }
  if (real.oneOf) {
    return fresh(real.oneOf[0]!, context);
  }
  if (real.properties) {
    return Object.fromEntries((real.required ?? []).map((name) => [name, fresh(real.properties![name]!, context)]));
  }
  if (real.items) {
    return real.items.enum ? [] : [fresh(real.items, context)];
  }
  if (real.additionalProperties) {
    return {};
  }
  return real.enum ? real.enum[0] : real.type === "boolean" ? true : "";
}

export function SchemaField(props: Props) {
  const { context, path, name, value, onChange } = props;
  const schema = resolved(props.schema, context);
  const problems = problemsAt(context.problems, path);
  const label = labelOf(name);
  const shared = { label, help: schema.description, problems, optional: props.optional };
  if (schema.const !== undefined) {
    return null;
  }
  if (schema.oneOf) {
    return <Variant {...props} schema={schema} />;
  }
  if (schema.properties) {
    return <Properties {...props} schema={schema} />;
  }
  if (schema.items) {
    return schema.items.enum ? <Choices {...props} schema={schema} /> : <Items {...props} schema={schema} />;
  }
  if (schema.additionalProperties) {
    return schema.additionalProperties === true ? <Free {...props} schema={schema} /> : <Entries {...props} schema={schema} />;
  }
  if (schema.enum || schema.type === "boolean") {
    const options = schema.enum ?? ["true", "false"];
    return (
      <Field {...shared}>
        {(attributes) => (
          <select
            {...attributes}
            value={value === undefined || value === null ? "" : String(value)}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              onChange(chosen === "" ? undefined : schema.enum ? chosen : chosen === "true");
            }}
          >
            {props.optional && <option value="">{texts.editor.notGiven}</option>}
            {options.map((one) => (
              <option value={one} selected={String(value) === one}>
                {texts.operator[one] ?? texts.choices[one] ?? one}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (!schema.type) {
    return <Anything {...props} schema={schema} />;
  }
  return <Plain {...props} schema={schema} />;
}

/** Text that is being written, and what it stands for; a value that comes from elsewhere replaces the text. */
function useWritten(value: Value, write: (value: Value) => string, read: (text: string) => Value): [string, (text: string, tell: (value: Value) => void) => void] {
  const [text, setText] = useState(() => write(value));
  useEffect(() => {
    if (JSON.stringify(read(text)) !== JSON.stringify(value)) {
      setText(write(value));
    }
  }, [JSON.stringify(value)]);
  return [
    text,
    (typed, tell) => {
      setText(typed);
      tell(read(typed));
    },
  ];
}

function Plain({ schema, path, name, value, onChange, context, optional }: Props) {
  const isNumber = schema.type === "number" || schema.type === "integer";
  const isDay = name.endsWith("_date") && (value === undefined || value === null || value === "" || /^\d{4}-\d\d-\d\d$/.test(String(value)));
  const [text, type] = useWritten(
    value,
    (one) => (one === undefined || one === null ? "" : String(one)),
    (typed) => {
      const trimmed = typed.trim();
      if (trimmed === "") {
        return optional ? undefined : "";
      }
      return isNumber && Number.isFinite(Number(trimmed)) ? Number(trimmed) : typed;
    },
  );
  const example = schema.examples?.[0];
  return (
    <Field label={labelOf(name)} help={schema.description} problems={problemsAt(context.problems, path)} optional={optional}>
      {(attributes) => (
        <input
          {...attributes}
          type={isDay ? "date" : "text"}
          dir="auto"
          autocomplete="off"
          inputMode={isNumber ? "decimal" : undefined}
          list={context.suggestions[name]}
          placeholder={example === undefined ? undefined : String(example)}
          value={text}
          onInput={(event) => type(event.currentTarget.value, onChange)}
        />
      )}
    </Field>
  );
}

const LISTS = new Set(["in", "not_in", "between"]);

/** A value of any type: numbers, true and false are taken for what they are, lists have commas, the rest is text. */
function Anything({ schema, path, name, value, onChange, context, optional, beside }: Props) {
  const isList = LISTS.has(String(beside?.["operator"]));
  const one = (text: string): Value => {
    const trimmed = text.trim();
    if (trimmed === "true" || trimmed === "false") {
      return trimmed === "true";
    }
    if (trimmed !== "" && Number.isFinite(Number(trimmed))) {
      return Number(trimmed);
    }
    return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  };
  const write = (value: Value): string =>
    Array.isArray(value) ? value.map(write).join(", ") : typeof value === "string" && typeof one(value) !== "string" ? `"${value}"` : value === undefined || value === null ? "" : String(value);
  const [text, type] = useWritten(value, write, (typed) => {
    if (typed.trim() === "" && optional) {
      return undefined;
    }
    return isList ? typed.split(",").filter((part) => part.trim() !== "").map(one) : one(typed);
  });
  useEffect(() => {
    if (Array.isArray(value) !== isList) {
      type(text, onChange);
    }
  }, [isList]);
  return (
    <Field label={labelOf(name)} help={isList ? texts.editor.list : schema.description} problems={context.problems.filter((one) => one.field === path || one.field.startsWith(`${path}.`)).map((one) => one.message)} optional={optional}>
      {(attributes) => <input {...attributes} type="text" dir="auto" autocomplete="off" value={text} onInput={(event) => type(event.currentTarget.value, onChange)} />}
    </Field>
  );
}

function Choices({ schema, path, name, value, onChange, context, optional }: Props) {
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const id = useId();
  return (
    <fieldset class="choices">
      <legend>
        {labelOf(name)} {optional && <span class="optional">{texts.optional}</span>}
      </legend>
      {schema.items!.enum!.map((one) => (
        <div class="check">
          <input
            type="checkbox"
            id={`${id}-${one}`}
            checked={chosen.includes(one)}
            onChange={(event) => {
              const next = schema.items!.enum!.filter((each) => (each === one ? event.currentTarget.checked : chosen.includes(each)));
              onChange(next.length === 0 && optional ? undefined : next);
            }}
          />
          <label for={`${id}-${one}`}>{texts.choices[one] ?? one}</label>
        </div>
      ))}
      <Wrong problems={problemsAt(context.problems, path)} />
    </fieldset>
  );
}

function Wrong({ problems }: { problems: readonly string[] }) {
  return problems.length > 0 ? <p class="message">{problems.join("; ")}</p> : null;
}

function Frame(props: { title: string; help?: string | undefined; problems: readonly string[]; remove?: (() => void) | undefined; children: ComponentChildren }) {
  return (
    <fieldset class={`frame-of ${props.problems.length > 0 ? "wrong" : ""}`}>
      <legend>{props.title}</legend>
      {props.remove && (
        <button type="button" class="plain remove" onClick={props.remove} aria-label={`${texts.remove}: ${props.title}`}>
          ✕
        </button>
      )}
      {props.help && <p class="help">{prose(props.help)}</p>}
      <Wrong problems={props.problems} />
      {props.children}
    </fieldset>
  );
}

/** Put the focus into what has just been added, or where something was removed: its button is gone. */
function focusIn(form: HTMLElement | null, selector: string): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>(selector)?.focus());
}

/** The first field of what is at this path; of a condition not its kind, which most people leave as it is. */
const at = (path: string) => `[data-at="${CSS.escape(path)}"] :is(input, select${/conditions|where/.test(path) ? ":not(.kind)" : ""}, textarea)`;

const NESTED = (schema: Schema) =>
  Boolean(schema.properties ?? schema.oneOf) || Boolean(schema.items && !schema.items.enum) || typeof schema.additionalProperties === "object";

function Properties(props: Props) {
  const { schema, path, value, onChange, context } = props;
  const now = isObject(value) ? value : {};
  const set = (name: string, next: Value) => {
    const { [name]: _, ...others } = now;
    // What is always there is left out while nothing is in it.
    const isNothing = next === undefined || (context.always?.has(below(name)) && isObject(next) && Object.keys(next).length === 0);
    onChange(isNothing ? others : { ...now, [name]: next });
  };
  const names = Object.keys(schema.properties!).filter((name) => name !== "kind" && name !== "id");
  const isRequired = (name: string) => schema.required?.includes(name) ?? false;
  const isShown = (name: string) => isRequired(name) || context.always?.has(path ? `${path}.${name}` : name) || (now[name] !== undefined && now[name] !== null);
  const below = (name: string) => (path ? `${path}.${name}` : name);
  const missing = names.filter((name) => !isShown(name));
  const form = useRef<HTMLDivElement>(null);
  const field = (name: string) => (
    <div class="at" data-at={below(name)} key={name}>
      <SchemaField
        schema={schema.properties![name]!}
        path={below(name)}
        name={name}
        value={now[name]}
        beside={now}
        onChange={(next) => set(name, next)}
        context={context}
        optional={!isRequired(name)}
      />
    </div>
  );
  const add = (name: string) => {
    const begun = fresh(schema.properties![name]!, context);
    set(name, begun);
    const isEmpty = isObject(begun) && Object.keys(begun).length === 0;
    focusIn(form.current, isEmpty ? `[data-at="${CSS.escape(below(name))}"] button` : at(below(name)));
  };
  const remove = (name: string) => {
    set(name, undefined);
    focusIn(form.current, ":scope > .add button");
  };
  const shown = names.filter(isShown);
  const flat = shown.filter((name) => !NESTED(resolved(schema.properties![name]!, context)));
  const nested = shown.filter((name) => !flat.includes(name));
  return (
    <div class="properties" ref={form}>
      {flat.length > 0 && <div class="fields">{flat.map(field)}</div>}
      {nested.map((name) => {
        const inner = resolved(schema.properties![name]!, context);
        return (
          <Frame key={name} title={labelOf(name)} help={inner.description} problems={problemsAt(context.problems, below(name))} remove={isRequired(name) || (context.always?.has(below(name)) && now[name] === undefined) ? undefined : () => remove(name)}>
            {field(name)}
          </Frame>
        );
      })}
      {missing.length > 0 && (
        <p class="actions add">
          {missing.map((name) => (
            <button type="button" class="plain" title={resolved(schema.properties![name]!, context).description} onClick={() => add(name)}>
              + {labelOf(name)}
            </button>
          ))}
        </p>
      )}
      <Wrong problems={context.problems.filter((one) => missing.some((name) => one.field === below(name) || one.field.startsWith(`${below(name)}.`))).map((one) => `${one.field}: ${one.message}`)} />
    </div>
  );
}

function Items(props: Props) {
  const { schema, path, name, value, onChange, context } = props;
  const items = Array.isArray(value) ? (value as Value[]) : [];
  const inner = resolved(schema.items!, context);
  const isGroup = inner.items !== undefined;
  const one = texts.editor.one[isGroup ? "group" : name] ?? texts.editor.one["item"]!;
  const form = useRef<HTMLDivElement>(null);
  return (
    <div class="items" ref={form}>
      {items.map((item, index) => (
        <>
          {isGroup && index > 0 && <p class="quiet or">{texts.why.or}</p>}
          <Frame
            key={index}
            title={isGroup ? texts.editor.all : `${one} ${index + 1}`}
            problems={problemsAt(context.problems, `${path}.${index}`)}
            remove={() => {
              onChange(items.filter((_, place) => place !== index));
              focusIn(form.current, ":scope > button");
            }}
          >
            <div class="at" data-at={`${path}.${index}`}>
            <SchemaField schema={schema.items!} path={`${path}.${index}`} name={isGroup ? "condition" : String(index)} value={item} context={context} onChange={(next) => onChange(items.map((each, place) => (place === index ? next : each)))} />
            </div>
          </Frame>
        </>
      ))}
      <button
        type="button"
        onClick={() => {
          onChange([...items, fresh(schema.items!, context)]);
          focusIn(form.current, at(`${path}.${items.length}`));
        }}
      >
        + {one}
      </button>
    </div>
  );
}

/** One of several forms: found by its operator, or else by what it requires. */
function Variant(props: Props) {
  const { schema, value, onChange, context } = props;
  const variants = schema.oneOf!.map((one) => resolved(one, context));
  const now = isObject(value) ? value : {};
  const operators = (one: Schema): Value[] => {
    const operator = one.properties?.["operator"];
    return operator ? (operator.enum ?? [operator.const]) : [];
  };
  const fits = (one: Schema) => (one.properties?.["operator"] ? operators(one).includes(now["operator"]) : (one.required ?? []).every((name) => name in now));
  const found = variants.findIndex((one) => fits(one) && Object.keys(now).every((name) => name in (one.properties ?? {})));
  const chosen = found >= 0 ? found : Math.max(0, variants.findIndex(fits));
  const id = useId();
  return (
    <div class="variant">
      <div class="field">
        <label for={id}>{texts.editor.kind}</label>
        <select
          id={id}
          class="kind"
          value={String(chosen)}
          onChange={(event) => {
            const next = variants[Number(event.currentTarget.value)]!;
            const kept = Object.fromEntries(Object.entries(now).filter(([name]) => name in (next.properties ?? {}) && name !== "operator"));
            onChange({ ...(fresh(next, context) as Json), ...kept });
          }}
        >
          {variants.map((one, index) => (
            <option value={String(index)} selected={index === chosen}>
              {texts.variants[one.title ?? ""] ?? one.title}
            </option>
          ))}
        </select>
      </div>
      <SchemaField {...props} schema={variants[chosen]!} />
    </div>
  );
}

function Entries({ schema, path, name, value, onChange, context }: Props) {
  const entries = isObject(value) ? Object.entries(value) : [];
  const inner = schema.additionalProperties as Schema;
  const put = (next: [string, Value][]) => onChange(Object.fromEntries(next));
  return (
    <div class="items">
      {entries.map(([key, one], index) => (
        <div class="line" key={index}>
          <Field label={texts.editor.entry(labelOf(name))}>
            {(attributes) => <input {...attributes} dir="auto" value={key} onInput={(event) => put(entries.map((each, place) => (place === index ? [event.currentTarget.value, each[1]] : each)))} />}
          </Field>
          <SchemaField schema={inner} path={`${path}.${key}`} name="amount" value={one} context={context} onChange={(next) => put(entries.map((each, place) => (place === index ? [key, next] : each)))} />
          <button type="button" class="plain" aria-label={`${texts.remove}: ${key}`} onClick={() => put(entries.filter((_, place) => place !== index))}>
            ✕
          </button>
        </div>
      ))}
      <button type="button" onClick={() => put([...entries, ["", ""]])}>
        + {texts.editor.entry(labelOf(name))}
      </button>
    </div>
  );
}

/** An object whose form is up to the brand: as JSON. */
function Free({ path, name, value, onChange, context, schema }: Props) {
  const [wrong, setWrong] = useState(false);
  const [text, type] = useWritten(
    value,
    (one) => JSON.stringify(one ?? {}, null, 2),
    (typed) => {
      try {
        return JSON.parse(typed);
      } catch {
        return typed;
      }
    },
  );
  return (
    <Field label={labelOf(name)} help={schema.description} problems={wrong ? [texts.editor.notJson] : problemsAt(context.problems, path)}>
      {(attributes) => (
        <textarea
          class="code small"
          spellcheck={false}
          {...attributes}
          value={text}
          onInput={(event) =>
            type(event.currentTarget.value, (next) => {
              setWrong(typeof next === "string");
              onChange(next);
            })
          }
        />
      )}
    </Field>
  );
}
