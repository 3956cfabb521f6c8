/** What each campaign made of an event: a sentence, and every condition with what was wanted and what was found. */

import type { AnyItemExplanationResponse, CampaignExplanationResponse, ConditionExplanationResponse, ItemExplanationResponse, RuleExplanationResponse } from "earnest-client";

import { may } from "../api";
import { inline, period } from "../format";
import { useSession } from "../hooks";
import { link } from "../router";
import { texts } from "../texts";
import { Badge, Empty, Name } from "./parts";

export const OUTCOME_TONES: Record<string, "good" | "info" | "quiet" | "warn"> = { Rewarded: "good", ProgressOnly: "info", LimitReached: "warn", BudgetSpent: "warn", Excluded: "warn" };

export function Explanation({ campaigns, evaluated }: { campaigns: readonly CampaignExplanationResponse[]; evaluated: boolean }) {
  if (!evaluated) {
    return <p class="note warn">{texts.why.notEvaluated}</p>;
  }
  if (campaigns.length === 0) {
    return <Empty>{texts.why.noneFound}</Empty>;
  }
  const first = (one: CampaignExplanationResponse) => (one.outcome === "Rewarded" ? 0 : one.outcome === "ProgressOnly" ? 1 : 2);
  return (
    <ul class="explained">
      {[...campaigns].sort((a, b) => first(a) - first(b)).map((one) => (
        <Campaign key={one.campaign_id} of={one} />
      ))}
    </ul>
  );
}

function Campaign({ of }: { of: CampaignExplanationResponse }) {
  const session = useSession();
  return (
    <li class={of.outcome === "Rewarded" ? "rewarded" : ""}>
      <h3>
        <Name of={of.name} link={may(session, "admin") ? link("campaigns", of.campaign_id) : undefined} /> <Badge of={texts.outcome[of.outcome] ?? of.outcome} tone={OUTCOME_TONES[of.outcome] ?? "quiet"} />
      </h3>
      <p>
        <bdi>{of.sentence}</bdi>
      </p>
      <Rules of={of} />
    </li>
  );
}

/** What each rule of a campaign wanted and found. */
export function Rules({ of }: { of: CampaignExplanationResponse }) {
  return (
    <>
      {of.rules.map((rule, index) => (
        <Rule key={index} rule={rule} index={index} alone={of.rules.length === 1} />
      ))}
    </>
  );
}

function Rule({ rule, index, alone }: { rule: RuleExplanationResponse; index: number; alone: boolean }) {
  return (
    <div class="rule">
      {(!alone || rule.name) && (
        <p class="small">
          <Mark held={rule.held} /> <Name of={texts.why.rule(rule.name, index)} />
        </p>
      )}
      {rule.conditions.length === 0 && <p class="small quiet">{texts.why.always}</p>}
      {rule.conditions.map((group, place) => (
        <>
          {place > 0 && <p class="quiet small or">{texts.why.or}</p>}
          <ul class="conditions">
            {group.map((condition) => (
              <li class={condition.held ? "held" : "failed"}>
                <Mark held={condition.held} />
                <div>{"any_item" in condition ? <AnyItem of={condition} /> : <Condition of={condition} />}</div>
              </li>
            ))}
          </ul>
        </>
      ))}
    </div>
  );
}

function Mark({ held }: { held: boolean }) {
  return (
    <span class={`mark-of ${held ? "held" : "failed"}`} role="img" aria-label={held ? texts.why.held : texts.why.failed}>
      {held ? "✓" : "✕"}
    </span>
  );
}

function Condition({ of }: { of: ConditionExplanationResponse | ItemExplanationResponse }) {
  const within = "within" in of && of.within ? ` ${texts.why.within(period(of.within))}` : "";
  const where = "where" in of && of.where ? of.where : [];
  return (
    <>
      <p>
        {of.field && (
          <code>
            <bdi>{of.field}</bdi>
          </code>
        )}{" "}
        {texts.operator[of.operator] ?? of.operator} {of.operator !== "exists" && <strong><bdi>{inline(of.wanted)}</bdi></strong>}
        {within}
      </p>
      {where.map((group) => (
        <p class="small quiet">
          {texts.why.where} {group.map((one) => `${one.field} ${texts.operator[one.operator] ?? one.operator} ${inline(one.wanted)}`).join(", ")}
        </p>
      ))}
      <p class="small">
        {texts.why.found} <strong><bdi>{inline(of.found)}</bdi></strong>
      </p>
    </>
  );
}

function AnyItem({ of }: { of: AnyItemExplanationResponse }) {
  return (
    <>
      <p>
        <code>{of.any_item}</code>: {texts.why.where} <span class="quiet small">({texts.why.item(of.item, of.held)})</span>
      </p>
      {of.where.map((group, place) => (
        <>
          {place > 0 && <p class="quiet small or">{texts.why.or}</p>}
          <ul class="conditions">
            {group.map((one) => (
              <li class={one.held ? "held" : "failed"}>
                <Mark held={one.held} />
                <div>
                  <Condition of={one} />
                </div>
              </li>
            ))}
          </ul>
        </>
      ))}
    </>
  );
}
