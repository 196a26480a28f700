/** A strip of an autochrome plate under the microscope: starch grains in three dyes, with soot between them. */
const DYES = ["var(--ember)", "var(--leaf)", "var(--iris)"];
const [WIDTH, HEIGHT, STEP] = [240, 12, 3];

/** Numbers that look random and are the same every time. */
function* dice(seed: number) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const roll = dice(1907);
const next = () => roll.next().value as number;
const GRAINS = Array.from({ length: (WIDTH / STEP) * (HEIGHT / STEP) }, (_, i) => ({
  x: (i % (WIDTH / STEP)) * STEP + STEP / 2 + next() - 0.5,
  y: Math.floor(i / (WIDTH / STEP)) * STEP + STEP / 2 + next() - 0.5,
  r: 1.1 + 0.7 * next(),
  dye: DYES[Math.floor(next() * 3)],
  opacity: 0.35 + 0.6 * next(),
}));

export function GrainBand({ className }: { className?: string }) {
  return (
    <svg className={className} aria-hidden="true">
      <defs>
        <pattern id="grains" width={WIDTH} height={HEIGHT} patternUnits="userSpaceOnUse">
          {GRAINS.map((grain) => (
            <circle key={`${grain.x} ${grain.y}`} cx={grain.x} cy={grain.y} r={grain.r} fill={grain.dye} fillOpacity={grain.opacity} />
          ))}
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#grains)" />
    </svg>
  );
}
