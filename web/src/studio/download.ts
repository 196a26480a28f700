/** Handing files to whoever asked for them. */

export function save(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/tiff": "tif",
};

/** `grandma.jpg` as `grandma.color.png`. */
export function nameOf(original: string, type: string, what: string): string {
  return `${stem(original)}.${what}.${EXTENSIONS[type] ?? "png"}`;
}

/** A file's name without its extension. */
export function stem(name: string): string {
  return name.replace(/\.[^.]+$/, "");
}

/** The picture with `text` in its lower right corner, in its own type where browsers write that. */
export async function marked(picture: Blob, text: string): Promise<Blob> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const pen = canvas.getContext("2d");
  if (!pen) return picture;
  pen.drawImage(bitmap, 0, 0);
  const size = Math.max(9, Math.round(Math.min(bitmap.width, bitmap.height) / 32));
  pen.font = `italic ${size}px "Newsreader", Georgia, serif`;
  pen.textAlign = "right";
  pen.textBaseline = "alphabetic";
  const [x, y] = [bitmap.width - size, bitmap.height - size];
  pen.lineJoin = "round";
  pen.lineWidth = size / 5;
  pen.strokeStyle = "rgb(0 0 0 / 0.55)";
  pen.strokeText(text, x, y);
  pen.fillStyle = "#fff";
  pen.fillText(text, x, y);
  const type = ["image/jpeg", "image/webp"].includes(picture.type) ? picture.type : "image/png";
  return canvas.convertToBlob({ type, quality: 0.95 });
}
