/** Which fields the events had that were looked at here, so that the editor of campaigns can offer them. */

import type { EventResponse } from "earnest-client";

export const SEEN_FIELDS = new Set<string>();

/** Remember the fields of an event. */
export function rememberFields(event: EventResponse): void {
  const walk = (value: unknown, path: string) => {
    if (Array.isArray(value)) {
      value.forEach((one) => walk(one, path));
    } else if (value && typeof value === "object") {
      Object.entries(value).forEach(([name, inner]) => walk(inner, path ? `${path}.${name}` : name));
    } else if (path && path.length <= 200) {
      SEEN_FIELDS.add(path);
    }
  };
  walk(event.data, "");
}
