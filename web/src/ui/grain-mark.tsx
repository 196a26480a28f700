/** Three overlapping starch grains. */
export function GrainMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 40 40" className={className} aria-hidden="true">
      <g className="mix-blend-multiply dark:mix-blend-screen">
        <circle cx="14" cy="25" r="11" fill="#e2622f" fillOpacity=".92" />
        <circle cx="26" cy="25" r="11" fill="#6a58d6" fillOpacity=".82" />
        <circle cx="20" cy="14" r="11" fill="#4aa36b" fillOpacity=".82" />
      </g>
    </svg>
  );
}
