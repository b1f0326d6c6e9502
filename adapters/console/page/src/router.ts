// Addresses are the page's state: every view can be linked to, reloaded and gone back to.
import { useEffect, useState } from "preact/hooks";

export interface Place {
  path: string;
  query: URLSearchParams;
}
const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });
const listeners = new Set<(p: Place) => void>();
const tell = () => listeners.forEach((f) => f(here()));
addEventListener("popstate", tell);

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (to === location.pathname + location.search) return;
  history[how === "push" ? "pushState" : "replaceState"](null, "", to);
  tell();
  if (how === "push") scrollTo(0, 0);
}

export function usePlace(): Place {
  const [place, set] = useState(here);
  useEffect(() => {
    listeners.add(set);
    return () => void listeners.delete(set);
  }, []);
  return place;
}

/** The address with some of its query changed; null takes a part away. */
export function withQuery(place: Place, change: Record<string, string | null>): string {
  const q = new URLSearchParams(place.query);
  for (const [name, value] of Object.entries(change)) value === null ? q.delete(name) : q.set(name, value);
  const text = q.toString();
  return place.path + (text ? `?${text}` : "");
}

/** Turns clicks on our own links into moves inside the page. */
export function onLinkClick(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  const link = (e.target as Element).closest("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target) return;
  if (link.getAttribute("href")?.startsWith("#")) return;
  e.preventDefault();
  go(link.pathname + link.search);
}
