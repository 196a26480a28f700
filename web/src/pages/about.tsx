/** The project, the paper, the licences, and what the colours mean. */
export function About() {
  return (
    <div className="prose-page pt-8">
      <h1 className="text-4xl sm:text-5xl">About</h1>
      <div className="mt-12 grid gap-y-14 [&_section]:grid [&_section]:gap-x-12 [&_section]:gap-y-3 md:[&_section]:grid-cols-[16rem_1fr] [&_h2]:text-2xl [&_section>div]:grid [&_section>div]:gap-y-4">
        <section>
          <h2>What the colours mean</h2>
          <div>
            <p>
              They are likely, not true. A gray photograph does not hold the colour of a dress, and no program can get it
              back. The network answers with what such things often look like: sky, skin, grass and wood come out well,
              uniforms, cars and paint are guesses.
            </p>
            <p>
              Do not use them as evidence of how something looked. Every result says in its metadata that software added
              the colours.
            </p>
          </div>
        </section>
        <section>
          <h2>What stays as it was</h2>
          <div>
            <p>
              Without a filter, the lightness of every pixel is that of your file, to rounding. Colour is the only thing
              that is added. Resolution, 16 bits, orientation, transparency and metadata are kept.
            </p>
          </div>
        </section>
        <section>
          <h2>The paper</h2>
          <div>
            <p>
              Autochrome implements <cite>Coloring of Grayscale Images using Generative Adversarial Network</cite> by
              Pandey and Rana, and grows towards the methods that it is compared with.
            </p>
          </div>
        </section>
        <section>
          <h2>The name</h2>
          <div>
            <p>
              In 1907 the Lumière brothers sold the first practical colour plates: glass covered with grains of potato
              starch, dyed orange, green and violet. They called them Autochromes. The filter “Autochrome plate” remembers
              them, and so do the three colours of this page.
            </p>
          </div>
        </section>
        <section>
          <h2>Licences</h2>
          <div>
            <p>
              Autochrome is free software under MIT or Apache-2.0, at your choice. The samples are CC0: photographs by Lav
              Varshney, Stefan van der Walt and Rachel Michetti. Headings are set in Newsreader by Production Type, under
              the SIL Open Font License.
            </p>
          </div>
        </section>
      </div>
    </div>
  );
}
