/** Free photographs to try the app with; all CC0, see public/samples/README.md. */
export const SAMPLES = [
  { id: "camera", file: "/samples/camera.jpg" },
  { id: "cat", file: "/samples/cat.jpg" },
  { id: "coffee", file: "/samples/coffee.jpg" },
] as const;

export type Sample = (typeof SAMPLES)[number];

export function isSample(id: string | null): id is Sample["id"] {
  return SAMPLES.some((sample) => sample.id === id);
}

export async function fetchSample(id: Sample["id"]): Promise<File> {
  const file = `/samples/${id}.jpg`;
  const blob = await (await fetch(file)).blob();
  return new File([blob], `${id}.jpg`, { type: blob.type });
}
