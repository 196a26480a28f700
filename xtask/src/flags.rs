//! The chores and their options, as they are typed.

#![allow(missing_docs, reason = "the macro does not pass documentation on to the types it makes")]

use std::path::PathBuf;

xflags::xflags! {
    /// Project chores.
    cmd xtask {
        /// Run all tests; installs what they need, and says what had to be skipped.
        cmd test {}
        /// Test the Python package alone; `test` does, too.
        cmd python {}
        /// Formatting, lints and documentation, without a warning, of the web app too.
        cmd lint {}
        /// Train for ten steps, stopped and resumed.
        cmd smoke {}
        /// Type-check the devices that tests cannot run on: cuda, wgpu, metal, rocm.
        cmd features {}
        /// Build the web app (needs Node); the next build puts it into the program.
        cmd web {}
        /// Test the web app, in a real browser too; says what had to be skipped.
        cmd web-test {}
        /// Write web/openapi.json as the server tells it, and the web app's types as that says (needs Node).
        cmd web-api {}
        /// Build the web app and the program, and run them.
        cmd serve {}
        /// Measure speed and memory, into docs/performance.md; eight minutes, after a release build.
        cmd bench {
            /// Measure these parts alone, separated by commas: stages, start, sizes, threads, folder, film, server,
            /// training, inference.
            optional --only parts: String
            /// Pictures of the part `folder`; 200 without it.
            optional --count n: usize
            /// Measure this program instead of building one.
            optional --program file: PathBuf
            /// Train with this program too, built with the feature libtorch.
            optional --libtorch file: PathBuf
            /// The Python that may have torch and onnxruntime; $AUTOCHROME_PYTHON or python3 without it.
            optional --python file: PathBuf
            /// Do as little as shows that everything works; the figures mean nothing, and nothing is written.
            optional --quick
            /// Print the figures, and write nothing.
            optional --dry
        }
        /// Score every method and model: the tables of docs/comparison.md.
        cmd comparison {
            /// Folder of colour pictures; sub-folders are sources.
            required --data dir: PathBuf
            /// Pictures with a reference each, for methods that need one (see docs/evaluate.md).
            optional --pairs file: PathBuf
            /// These methods alone, separated by commas.
            optional --methods ids: String
            /// So many pictures alone, spread evenly.
            optional --limit n: usize
            /// Keep the HTML reports there.
            optional --report dir: PathBuf
            /// Ask this program instead of building one.
            optional --program file: PathBuf
        }
        /// Colour the pictures of docs/gallery.md anew.
        cmd gallery {
            /// Folder of black-and-white photographs; docs/images/gallery/captions.tsv names those that are shown.
            required --data dir: PathBuf
        }
        /// 64 clients for a minute against the server, beside `colorize` on the same folder.
        cmd load {
            /// Folder of pictures.
            required folder: PathBuf
            /// Measure this program instead of building one.
            optional --program file: PathBuf
        }
        /// Everything that must hold before a change is taken: test, web-test, lint and smoke.
        cmd ci {}
    }
}
