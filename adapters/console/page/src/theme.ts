export type Theme = "system" | "light" | "dark";
const themes: Theme[] = ["system", "light", "dark"];
const name = "heed-theme";

export function theme(): Theme {
  const kept = localStorage.getItem(name);
  return themes.find((t) => t === kept) ?? "system";
}
export function applyTheme(): void {
  const t = theme();
  if (t === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = t;
}
export function nextTheme(): Theme {
  const next = themes[(themes.indexOf(theme()) + 1) % themes.length] ?? "system";
  localStorage.setItem(name, next);
  applyTheme();
  return next;
}
