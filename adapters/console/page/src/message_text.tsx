// What somebody wrote, as text with links and nothing else: no markup of theirs becomes markup of ours.
import { type ComponentChildren } from "preact";

const address = /\[([^\]\n]{1,200})\]\((https?:\/\/[^\s()<>"]+)\)|https?:\/\/[^\s<>"]+/g;
/** What ends a sentence rather than an address. */
const trailing = /[.,;:!?'")\]}]+$/;

function link(href: string, text: string): ComponentChildren {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return text;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return text;
  // Where it leads is said, whatever the text claims.
  const title = text === href ? undefined : url.href;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer" title={title}>
      {text}
      {title && <span class="dim"> ({url.host})</span>}
    </a>
  );
}

export function MessageText({ text }: { text: string }) {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(address)) {
    const whole = found[0];
    parts.push(text.slice(from, found.index));
    from = found.index + whole.length;
    if (found[1] !== undefined && found[2] !== undefined) {
      parts.push(link(found[2], found[1]));
      continue;
    }
    const bare = whole.replace(trailing, "");
    parts.push(link(bare, bare), whole.slice(bare.length));
  }
  parts.push(text.slice(from));
  return <p class="words">{parts}</p>;
}
