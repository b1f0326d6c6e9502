// Keys without modifiers, while nobody types.
import { useEffect, useRef } from "preact/hooks";

const types = (e: Element | null) =>
  e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement || (e instanceof HTMLElement && e.isContentEditable);

export function useKeys(keys: Record<string, () => void>): void {
  // What a key does is that of the newest render, also when keys come faster than the screen is painted.
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || types(document.activeElement)) return;
      if (document.querySelector("dialog[open]")) return;
      // A focused button or link keeps its own Enter.
      if (e.key === "Enter" && document.activeElement?.closest("a, button, summary")) return;
      const does = now.current[e.key];
      if (!does) return;
      e.preventDefault();
      does();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
