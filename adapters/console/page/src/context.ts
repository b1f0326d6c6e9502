import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Role, Session } from "./api";

export interface Here {
  session: Session;
  ws: string;
  role: Role;
}
export const HereContext = createContext<Here | null>(null);
export function useHere(): Here {
  const here = useContext(HereContext);
  if (!here) throw new Error("outside of the signed-in page");
  return here;
}
/** A link that stays in the workspace. */
export const to = (here: Here, path: string, more: Record<string, string> = {}) =>
  `${path}?${new URLSearchParams({ ws: here.ws, ...more }).toString()}`;
