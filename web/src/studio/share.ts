/** Handing pictures to other people: through the device's own share menu, or as a page that shows before and after. */

/** Whether this device shares files. */
export function canShare(): boolean {
  if (!navigator.canShare) return false;
  return navigator.canShare({ files: [new File([""], "picture.jpg", { type: "image/jpeg" })] });
}

/** Opens the share menu; false when the person thought better of it. */
export async function share(picture: Blob, name: string, text: string): Promise<boolean> {
  try {
    await navigator.share({ files: [new File([picture], name, { type: picture.type })], text });
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return false;
    throw error;
  }
}

/** Longer side of the pictures in the page. */
const PAGE_PX = 1600;

export interface Words {
  title: string;
  before: string;
  after: string;
  divide: string;
  note: string;
  language: string;
}

/** One HTML file with both pictures and a line between them that is dragged; it needs nothing else, and fits into an `iframe`. */
export async function beforeAndAfter(before: Blob, after: Blob, words: Words): Promise<Blob> {
  const [one, other] = await Promise.all([before, after].map(embedded));
  if (!one || !other) throw new Error(words.title);
  return new Blob([page(one.url, other.url, other.width, other.height, words)], { type: "text/html" });
}

async function embedded(picture: Blob): Promise<{ url: string; width: number; height: number }> {
  const bitmap = await createImageBitmap(picture);
  const scale = Math.min(1, PAGE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(scale * bitmap.width), Math.round(scale * bitmap.height));
  const pen = canvas.getContext("2d");
  if (pen) pen.imageSmoothingQuality = "high";
  pen?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.88 });
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return { url, width: canvas.width, height: canvas.height };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The page; without scripts both pictures are seen, one over the other. */
export function page(before: string, after: string, width: number, height: number, words: Words): string {
  const { title, divide, note, language } = words;
  return `<!doctype html>
<html lang="${escaped(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Autochrome">
<title>${escaped(title)}</title>
<style>
body{margin:0;font:14px/1.4 system-ui,sans-serif;background:#131110;color:#f1ebe1}
figure{margin:0 auto;max-width:${width}px}
div{position:relative;aspect-ratio:${width}/${height};--share:50%}
img{position:absolute;inset:0;width:100%;height:100%}
img+img{clip-path:inset(0 0 0 var(--share))}
i{position:absolute;inset:0 auto 0 var(--share);width:2px;margin-left:-1px;background:#fff;pointer-events:none}
input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:ew-resize;touch-action:pan-y}
input:focus-visible~i{outline:3px solid #a596f5}
figcaption{padding:.6em 1em}
</style>
<figure>
<div>
<img src="${before}" alt="${escaped(words.before)}">
<img src="${after}" alt="${escaped(words.after)}">
<input type="range" min="0" max="100" value="50" step="0.1" aria-label="${escaped(divide)}" oninput="this.parentNode.style.setProperty('--share',this.value+'%')">
<i></i>
</div>
<figcaption>${escaped(note)}</figcaption>
</figure>
</html>
`;
}
