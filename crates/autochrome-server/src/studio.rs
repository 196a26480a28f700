//! Pictures as requests and jobs want them: the library's [`Pipeline`] with the server's own limits, memory and weights.

use std::sync::Arc;

use autochrome::document::{FilmDocument, OrderDocument};
use autochrome::film::FilmGuidance;
use autochrome::{
    Error, Finished, GuidanceFile, GuidanceFiles, GuidanceKinds, Inspection, Limits, Memory, Model,
    OpenedPicture, Order, OrderDraft, PaletteEntry, Pipeline, PlaceDescription, Watch, Weights, models,
    registry,
};

/// Carries out orders; nothing of a picture is ever written to disk.
pub struct Studio {
    pipeline: Pipeline,
    weights: Option<Arc<Weights>>,
}

impl Studio {
    /// With limits for strangers' files, bytes that pictures in work may take together, and weights that take the place of the
    /// built-in default.
    pub fn new(limits: Limits, memory_bytes: u64, weights: Option<Vec<u8>>) -> Self {
        let pipeline = Pipeline::new().with_limits(limits).with_memory(memory_bytes).remembering();
        Self { pipeline, weights: weights.map(|bytes| Arc::new(Weights::from_bytes(bytes))) }
    }

    /// What a file may cost.
    pub fn limits(&self) -> &Limits {
        self.pipeline.limits()
    }

    /// The method that is taken when none is named and nothing is said: the registry's, or `gray` while there are no weights.
    pub fn default_method(&self) -> &'static str {
        let usable = self.weights.is_some() || !models::builtin().is_empty();
        if usable { registry::DEFAULT } else { "gray" }
    }

    /// Opens the default method, so that the first picture need not wait for it.
    ///
    /// # Errors
    /// When its weights cannot be used.
    pub fn warm_up(&self) -> Result<(), Error> {
        let order = Order::new(self.draft(&OrderDocument::default(), GuidanceKinds::default())?)?;
        self.pipeline.open(&order).map(drop)
    }

    /// Finds out whether an order can be carried out at all, without looking at any picture.
    ///
    /// # Errors
    /// As [`Studio::order`] would say later.
    pub fn check(&self, document: &OrderDocument, files: &GuidanceFiles) -> Result<(), Error> {
        let kinds = files.kinds();
        self.draft(document, kinds)?.check(kinds)?;
        self.check_files(document.model.as_deref(), files)
    }

    /// Finds out whether files that go with an order are what they are sent as; a memory must be one of the model that is named.
    fn check_files(&self, model: Option<&str>, files: &GuidanceFiles) -> Result<(), Error> {
        if let Some(file) = &files.memory {
            file.memory()?.check_model(&self.model(model).card()?.id)?;
        }
        files.pictures().try_for_each(|file| file.probe(self.limits()).map(drop))
    }

    /// The built-in model of this id, or the server's default.
    fn model(&self, id: Option<&str>) -> Model {
        match (id, &self.weights) {
            (Some(id), _) => Model::Builtin(id.to_owned()),
            (None, Some(weights)) => Model::Weights(Arc::clone(weights)),
            (None, None) => Model::Default,
        }
    }

    /// What a model's encoder sees in pictures in colour, to be remembered.
    ///
    /// # Errors
    /// When a file is no picture in colour, or the model is unknown or has no encoder.
    pub fn memory(&self, files: &[GuidanceFile], model: Option<String>) -> Result<Memory, Error> {
        self.pipeline.memory(files, &self.model(model.as_deref()))
    }

    /// The order that a document and files make together.
    ///
    /// # Errors
    /// When it cannot be carried out, whatever the picture.
    pub fn order(&self, document: &OrderDocument, files: &GuidanceFiles) -> Result<Order, Error> {
        self.pipeline.order(self.draft(document, files.kinds())?, files)
    }

    /// What a document and files say about a film.
    ///
    /// # Errors
    /// When it cannot be carried out, whatever the film.
    pub fn film(&self, document: &FilmDocument, files: GuidanceFiles) -> Result<FilmGuidance, Error> {
        self.check_files(document.model.as_deref(), &files)?;
        let mut guidance = document.guidance(files)?;
        let kinds = guidance.kinds();
        let is_said =
            !guidance.references.is_empty() || !guidance.draft.kinds().is_empty() || !kinds.is_empty();
        guidance.draft = self.defaults(guidance.draft, kinds, is_said)?;
        guidance.draft.check(kinds)?;
        Ok(guidance)
    }

    /// Where orders are carried out.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Carries out an order; looks between the stages whether anybody still waits for it.
    ///
    /// # Errors
    /// When the picture or the installation does not allow it.
    pub fn run(&self, bytes: &[u8], order: &Order, watch: &Watch<'_>) -> Result<Finished, Error> {
        self.pipeline.run(bytes, order, watch)
    }

    /// Reads a picture that is to be coloured again and again.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits.
    pub fn open_picture(&self, bytes: Vec<u8>) -> Result<OpenedPicture, Error> {
        self.pipeline.open_picture(bytes)
    }

    /// As [`Studio::run`], of a picture that is open.
    ///
    /// # Errors
    /// As [`Studio::run`].
    pub fn run_opened(
        &self,
        picture: &OpenedPicture,
        order: &Order,
        watch: &Watch<'_>,
    ) -> Result<Finished, Error> {
        self.pipeline.run_opened(picture, order, watch)
    }

    /// What lies at a place of a picture, as the method that a document names sees it.
    ///
    /// # Errors
    /// When there is no such method, it does not tell things apart, or the place is outside of the picture.
    pub fn describe_place(
        &self,
        picture: &OpenedPicture,
        document: &OrderDocument,
        place: [f32; 2],
    ) -> Result<PlaceDescription, Error> {
        self.pipeline.describe_place(picture, &self.order(document, &GuidanceFiles::default())?, place)
    }

    /// The colours of a picture, the one that covers most of it first; none of one that is gray.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits.
    pub fn palette(&self, bytes: &[u8], count: usize) -> Result<Vec<PaletteEntry>, Error> {
        self.pipeline.palette(bytes, count)
    }

    /// What kind of picture it is.
    ///
    /// # Errors
    /// When it is no picture or beyond the limits.
    pub fn inspect(&self, bytes: &[u8]) -> Result<Inspection, Error> {
        self.pipeline.inspect(bytes)
    }

    /// A document with the server's own defaults; `more` are the kinds of guidance that come in files.
    fn draft(&self, document: &OrderDocument, more: GuidanceKinds) -> Result<OrderDraft, Error> {
        let draft = document.draft()?;
        let is_said = !draft.kinds().is_empty() || !more.is_empty();
        self.defaults(draft, more, is_said)
    }

    /// A draft with the server's own method where nothing is said about colours, and with its weights.
    fn defaults(
        &self,
        mut draft: OrderDraft,
        more: GuidanceKinds,
        is_said: bool,
    ) -> Result<OrderDraft, Error> {
        if draft.method.is_none() && !is_said {
            draft.method = Some(self.default_method().to_owned());
        }
        let kinds: GuidanceKinds = draft.kinds().iter().chain(more.iter()).collect();
        if let Some(weights) = &self.weights
            && draft.model == Model::Default
            && draft.method_for(kinds)?.uses_model
        {
            draft.model = Model::Weights(Arc::clone(weights));
        }
        Ok(draft)
    }
}
