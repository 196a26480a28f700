/** How to use it, in five steps. */
import { Link } from "react-router";

const STEPS = [
  ["Bring a photograph", "Drop a file into the studio, paste it, or choose it. Scans of 600 dpi and more are welcome: colour is found on a small copy and laid over yours at full size, 16 bits included."],
  ["Wait a moment", "The picture goes to the program that served this page. Most take a second or two; Cancel stops at once."],
  ["Compare", "Drag the line, or move it with the arrow keys (Shift for larger steps, Home and End for the edges). Hold the button below the picture to see the original, and zoom with + and −."],
  ["Adjust", "Choose a filter and how much of it; saturation, temperature, tint and contrast act before it. None of this runs the network again, so it answers at once. Another method, or its options, does."],
  ["Take it home", "Download gives the format and resolution of your file, with its metadata and a note that colours were added by software. The collage shows before and after side by side."],
] as const;

const TROUBLES = [
  ["“…is not supported”", "HEIC, camera raw and PDF are not read. Export a JPEG, PNG or TIFF first."],
  ["“…more than the limit of … pixels”", "The server has limits so that one picture cannot take all memory. Make the picture smaller, or use autochrome colorize in a terminal."],
  ["Everything stays gray", "The method Gray adds no colour, and a build without a model has no other. The list of methods in the studio tells."],
] as const;

export function Instructions() {
  return (
    <div className="prose-page pt-8">
      <h1 className="text-4xl sm:text-5xl">Instructions</h1>
      <ol className="mt-12 grid gap-y-10">
        {STEPS.map(([title, text]) => (
          <li key={title} className="grid gap-x-12 gap-y-2 border-t border-line pt-6 md:grid-cols-[16rem_1fr]">
            <h2 className="text-2xl">{title}</h2>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <h2 className="mt-20 text-3xl">When something is in the way</h2>
      <dl className="mt-6 grid gap-y-6">
        {TROUBLES.map(([title, text]) => (
          <div key={title} className="grid gap-x-12 gap-y-1 md:grid-cols-[16rem_1fr]">
            <dt className="font-medium">{title}</dt>
            <dd className="max-w-[64ch] leading-relaxed">{text}</dd>
          </div>
        ))}
      </dl>
      <h2 className="mt-20 text-3xl">From a terminal</h2>
      <p className="mt-4">
        Everything here goes through the HTTP interface of the same program. “Copy as curl” in the{" "}
        <Link to="/studio">studio</Link> gives the command for what you see. For whole folders there is:
      </p>
      <pre className="mt-4 overflow-x-auto rounded-lg bg-card p-4 text-sm" tabIndex={0}>
        autochrome colorize album --recursive --out-dir done
      </pre>
    </div>
  );
}
