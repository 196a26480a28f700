/** Free photographs to try the app with; all CC0, see public/samples/README.md. */
export interface Sample {
  id: string;
  file: string;
  title: string;
  alt: string;
}

export const SAMPLES: Sample[] = [
  { id: "camera", file: "/samples/camera.jpg", title: "Photographer", alt: "A man in a coat looks through a camera on a tripod, on a wide lawn" },
  { id: "cat", file: "/samples/cat.jpg", title: "Chelsea", alt: "A tabby cat looks past the camera" },
  { id: "coffee", file: "/samples/coffee.jpg", title: "Coffee", alt: "A cup of coffee with a spoon on a wooden table" },
];

export async function fetchSample(id: string): Promise<File | null> {
  const sample = SAMPLES.find((sample) => sample.id === id);
  if (!sample) return null;
  const response = await fetch(sample.file);
  const blob = await response.blob();
  return new File([blob], sample.file.split("/").pop() ?? "sample.jpg", { type: blob.type });
}
