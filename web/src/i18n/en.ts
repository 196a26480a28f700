/** Every word of the app in English. The other languages have exactly these keys; the compiler sees to it. */
import type { Named } from "./text";

const none: Record<string, Named> = {};

export const en = {
  name: "English",
  switchTo: "DE: auf Deutsch",

  frame: {
    skip: "Skip to content",
    pages: "Pages",
    studio: "Studio",
    batch: "Batch",
    history: "History",
    instructions: "Instructions",
    about: "About",
    dark: "Dark mode",
    footer: "Pictures go to the Autochrome that served this page, and nowhere else. Colours are plausible, not remembered.",
    away: "The server does not answer. What is in the history can still be looked at; colouring begins again when it is back.",
    lost: "There is no such page",
    toBeginning: "To the beginning",
  },

  key: {
    title: "This server asks for a key",
    text: "Whoever runs it can make one with “autochrome keys create NAME”. It is kept until this tab is closed.",
    label: "Key",
    use: "Use the key",
  },

  home: {
    title: "Colour for photographs that never had any",
    lead: "A network that has looked at many colour pictures says which colours are likely. Brightness, detail and resolution stay exactly those of your photograph.",
    open: "Open a photograph",
    how: "How it works",
    privacyTitle: "Your pictures stay yours.",
    privacy:
      "They are coloured by the program that served this page. No account, no upload to anybody else, and nothing stays on the server.",
    touch: "Touch one to develop it",
    develop: "Develop",
    developing: "Developing",
    toStudio: "Open in the studio",
    again: "Try again",
  },

  samples: {
    camera: { title: "Photographer", alt: "A man in a coat looks through a camera on a tripod, on a wide lawn" },
    cat: { title: "Chelsea", alt: "A tabby cat looks past the camera" },
    coffee: { title: "Coffee", alt: "A cup of coffee with a spoon on a wooden table" },
    label: (title: string) => `Sample: ${title}`,
    begin: "Or begin with one of these",
  },

  drop: {
    title: "Put a photograph here",
    titleMany: "Put photographs here",
    text: "Drop it, paste it, or choose a file. JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.",
    textMany: "Drop them or choose files. JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.",
    choose: "Choose a file",
    chooseMany: "Choose files",
    input: "Photograph",
    inputMany: "Photographs",
  },

  studio: {
    title: "Studio",
    another: "Another picture",
    undo: "Undo",
    redo: "Redo",
    adjustments: "Adjustments",
    finding: "Finding colours",
    makingPicture: "Making the full picture",
    makingCollage: "Making the collage",
    cancel: "Cancel",
    cancelled: "Cancelled.",
    simulated: "Colours are simulated.",
    noRoom: "This browser gives no room for the history; the picture itself is not affected.",
    notKept: "This picture is no longer in the history.",
    notAPicture: "That is not a picture. Give a JPEG, PNG, WebP, TIFF, BMP, GIF or PNM.",
    download: "Download",
    downloadCollage: "Download the collage",
    mark: "Write “colours are simulated” on it",
    markNote: "The mark is drawn by this browser: 8 bits a channel, without the metadata of the file.",
    markText: "colours are simulated",
    curl: "Copy as curl",
    curlDone: "The command is in the clipboard.",
    curlFailed: "This browser does not let pages write to the clipboard. Here it is:",
    undoAll: "Undo all adjustments",
  },

  stage: {
    picture: "Picture",
    before: "The picture as it was",
    after: "The picture in colour",
    view: "View",
    compare: "Compare",
    side: "Side by side",
    hints: "Colour by hand",
    parts: "Match parts",
    divide: "Divide between before and after",
    share: (percent: number) => `${percent} % of the original`,
    hold: "Hold to see the original",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    zoomFit: "Whole picture",
    zoom: (times: string) => `${times} times`,
  },

  look: {
    filter: "Filter",
    none: "None",
    format: "Format",
    sameFormat: "As each file is",
  },

  method: {
    label: "Method",
    options: "Options of this method",
    paper: "After",
    byModel: "as the model says",
    byDefault: (value: string) => `Default (${value})`,
    on: "On",
    off: "Off",
    variants: "Variants",
    variant: (number: number) => `Variant ${number}`,
    several: "Show several answers",
    // Headings in the list of methods.
    kinds: {
      alone: "By themselves",
      references: "With a reference in colour",
      hand: "By hand",
      recolors: "For pictures in colour",
    },
    needs: {
      references: "Add a reference: this method takes its colours from there.",
      hand: "Choose a colour and draw on the picture: it spreads from there.",
      recolors: "Choose what a colour is to become, or add a reference.",
    },
  },

  hints: {
    title: "Colours by hand",
    layer: "Area to paint on",
    keys: "Tap for a spot, drag for a stroke. With keys: arrows move the cross, Enter puts a spot, Space begins and ends a stroke.",
    lightness: "Only hue and strength of a colour count; its lightness stays that of the photograph.",
    drawing: "In a line drawing, a colour fills what lies between the lines as it is, with its lightness.",
    color: "Colour",
    own: "Another colour",
    brush: "Brush",
    paint: "Paint",
    erase: "Rub out",
    tool: "Tool",
    clear: "Remove all",
    save: "Save",
    load: "Load",
    loadFailed: "That file holds no colour hints.",
    count: (points: number, strokes: number) =>
      `${points} ${points === 1 ? "spot" : "spots"}, ${strokes} ${strokes === 1 ? "stroke" : "strokes"}`,
    strokeBegun: "Stroke begun",
    swatches: {
      fair: "Fair skin",
      dark: "Dark skin",
      blond: "Blond",
      brown: "Brown hair, earth",
      wood: "Wood",
      brick: "Brick",
      red: "Red",
      rose: "Rose",
      sand: "Sand",
      grass: "Grass",
      leaf: "Leaves",
      sea: "Sea",
      sky: "Sky",
      navy: "Navy",
      violet: "Violet",
      gray: "No colour",
    },
  },

  references: {
    title: "References",
    text: "Pictures in colour whose colours are wanted. Drop them here or choose them.",
    add: "Add a reference",
    input: "Reference pictures",
    remove: (name: string) => `Remove ${name}`,
  },

  parts: {
    title: "Parts that match",
    text: "Draw a rectangle on the picture, and then one on the reference whose colours it is to have.",
    keys: "With keys: arrows move the rectangle, with Shift they change its size, Enter takes it.",
    here: "Now on the picture.",
    there: "Now on a reference.",
    noReference: "Add a reference first.",
    onPicture: "Part of the picture",
    onReference: (name: string) => `Part of ${name}`,
    pair: (number: number, name: string) => `${number}: as in ${name}`,
    remove: (number: number) => `Remove pair ${number}`,
  },

  recolor: {
    title: "Colours of the picture",
    text: "What covers most of it comes first. Choose what a colour is to become; lightness stays.",
    gray: "This picture is gray: there is nothing to change. Colour it with another method, download it, and open that.",
    unreadable: "This browser cannot read the colours of this file.",
    become: (number: number, color: string) => `What colour ${number} (${color}) becomes`,
    keep: (number: number) => `Keep colour ${number} as it is`,
  },

  batch: {
    title: "Batch",
    lead: "Several photographs with the same settings, and one ZIP of the results. Colouring goes on when this page is left; a job stays on the server for a day.",
    files: (count: number, bytes: string) => `${count} ${count === 1 ? "photograph" : "photographs"}, ${bytes}`,
    start: "Colour all",
    sending: "Sending",
    add: "Add more",
    cancel: "Cancel",
    fresh: "New batch",
    zip: "Download all",
    forget: "Forget it on the server",
    download: (name: string) => `Download ${name}`,
    remove: (name: string) => `Remove ${name}`,
    progress: "Progress of the batch",
    state: {
      waiting: "Waiting",
      running: "Finding colours",
      done: "Done",
      failed: "Failed",
      cancelled: "Cancelled",
    },
    done: (done: number, all: number) => `${done} of ${all} done`,
    failedSome: (failed: number) => `${failed} could not be coloured`,
    settings: "Settings for all",
    lost: "The server has forgotten this batch.",
  },

  history: {
    title: "History",
    lead: "Originals, results at preview size and settings, kept by this browser on this device alone.",
    size: (count: number, bytes: string) => `${count} ${count === 1 ? "picture" : "pictures"}, ${bytes}`,
    export: "Export as ZIP",
    eraseAll: "Erase everything",
    sure: "Yes, erase everything",
    empty: "Nothing yet.",
    open: (name: string) => `Open ${name}`,
    erase: "Erase",
    eraseOne: (name: string) => `Erase ${name}`,
    failed: "This browser does not let the page keep anything.",
  },

  instructions: {
    title: "Instructions",
    steps: {
      bring: {
        title: "Bring a photograph",
        text: "Drop a file into the studio, paste it, or choose it. Scans of 600 dpi and more are welcome: colour is found on a small copy and laid over yours at full size, 16 bits included.",
        alt: "A gray photograph of a man behind a camera on a tripod",
      },
      compare: {
        title: "Compare",
        text: "Drag the line, or move it with the arrow keys (Shift for larger steps, Home and End for the edges). Hold the button below the picture to see the original; zoom with + and −, and 0 for the whole.",
        alt: "The same photograph, divided by a line: gray to its left, in colour to its right",
      },
      adjust: {
        title: "Adjust",
        text: "Choose a filter and how much of it; saturation, temperature, tint and contrast act before it. None of this runs the network again, so it answers at once. Another method, or its options, does.",
        alt: "A cup of coffee six times: without a filter, vivid, vintage, two-strip film, autochrome plate and cyanotype",
      },
      hand: {
        title: "Colour by hand",
        text: "You know that the coat was green? Choose “Colour by hand”, pick the colour and touch the coat: spots and strokes tell the network what it cannot know, and it spreads them along the edges. Undo, redo, save and load as you like.",
        alt: "A cup of coffee with spots of blue on its saucer",
      },
      choose: {
        title: "Choose another way",
        text: "The list of methods has other ways to colours. With a reference, a picture takes them from another one in colour: drop one or several beside it, and choose parts that match. Scribbles spreads what you draw, and fills line drawings. Palette changes the colours of a picture that has some. The line below the picture says what a method waits for.",
        alt: "Left, a line drawing of a house with a few strokes and spots of colour; right, the same drawing, all filled",
      },
      take: {
        title: "Take it home",
        text: "Download gives the format and resolution of your file, with its metadata and a note that colours were added by software. The collage shows before and after side by side.",
        alt: "A collage: the gray photograph to the left, the coloured one to the right",
      },
    },
    more: {
      title: "More than one",
      text: "Whole albums go through the page Batch: one set of settings, progress for every file, one ZIP. What you coloured in the studio waits in History, on your device only.",
    },
    troubleTitle: "When something is in the way",
    troubles: [
      ["“…is not supported”", "HEIC, camera raw and PDF are not read. Export a JPEG, PNG or TIFF first."],
      [
        "“…more than the limit of … pixels”",
        "The server has limits so that one picture cannot take all memory. Make the picture smaller, or use autochrome colorize in a terminal.",
      ],
      [
        "Everything stays gray",
        "The method Gray adds no colour. A method that takes colours from a reference or from your hand waits for one; the line below the picture says so.",
      ],
      ["“The server does not answer”", "The page works without the program, colouring does not. Start autochrome serve again."],
    ],
    terminalTitle: "From a terminal",
    terminal:
      "Everything here goes through the HTTP interface of the same program. “Copy as curl” in the studio gives the command for what you see. For whole folders there is:",
  },

  about: {
    title: "About",
    colours: {
      title: "What the colours mean",
      text: [
        "They are likely, not true. A gray photograph does not hold the colour of a dress, and no program can get it back. The network answers with what such things often look like: sky, skin, grass and wood come out well, uniforms, cars and paint are guesses.",
        "Do not use them as evidence of how something looked. Every result says in its metadata that software added the colours.",
      ],
    },
    stays: {
      title: "What stays as it was",
      text: [
        "Without a filter, the lightness of every pixel is that of your file, to rounding. Colour is the only thing that is added. Resolution, 16 bits, orientation, transparency and metadata are kept.",
      ],
    },
    paper: {
      title: "The paper",
      before: "Autochrome implements ",
      after: " by Pandey and Rana, and the methods that it is compared with there.",
    },
    origin: {
      title: "The name",
      text: [
        "In 1907 the Lumière brothers sold the first practical colour plates: glass covered with grains of potato starch, dyed orange, green and violet. They called them Autochromes. The filter “Autochrome plate” remembers them, and so do the three colours of this page.",
      ],
    },
    licences: {
      title: "Licences",
      text: [
        "Autochrome is free software under MIT or Apache-2.0, at your choice. The samples are CC0: photographs by Lav Varshney, Stefan van der Walt and Rachel Michetti. Headings are set in Newsreader by Production Type, under the SIL Open Font License.",
      ],
    },
  },

  // What the server says in English already: names of filters, sliders and methods, what settings do, and errors.
  filters: none,
  controls: {} as Record<string, string>,
  methods: none,
  // By method; the server knows settings by short ids.
  settings: {
    neural: {
      flip: { name: "Average with the mirror image" },
      size: { name: "Working size" },
      temperature: { name: "Caution" },
    },
    deep: { points: { name: "Most hints taken" }, trust: { name: "Trust in matches" } },
    collection: { answers: { name: "Number of answers" } },
    superpixel: { area: { name: "Size of a superpixel" }, size: { name: "Working size" } },
    irony: { classes: { name: "Classes of colour" }, size: { name: "Working size" } },
    intrinsic: { place: { name: "Weight of the place" }, size: { name: "Working size" } },
    welsh: { samples: { name: "Number of samples" }, size: { name: "Working size" } },
    scribble: {
      gap: { name: "Gaps to close in a drawing" },
      megapixels: { name: "Working size" },
      sketch: { name: "This is a line drawing" },
    },
    palette: { entries: { name: "Colours in the palette" }, strength: { name: "Strength of the change" } },
  } as Record<string, Record<string, { name: string; summary?: string }>>,
  problems: {} as Record<string, string>,
  unreachable: "The server does not answer. Is autochrome serve still running?",
};

export type Catalogue = typeof en;
