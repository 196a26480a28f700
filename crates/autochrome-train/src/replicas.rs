//! Processes that learn together: each takes its parts of every batch, and all apply the averaged gradient.
//!
//! The first one leads. It adds up what all have found, in their order, and sends the sum to each, so that all of them hold the same weights
//! after every step. Losses and weights are those of one process that goes through the same parts by itself, whatever the number of
//! processes: batches are normalised part by part, and running statistics follow the first part alone.
//!
//! Source: synchronous data parallelism as in Goyal et al., "Accurate, Large Minibatch SGD" (2017); normalisation of parts after Hoffer,
//! Hubara, Soudry, "Train longer, generalize better" (2017), section 4.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use autochrome_net::norm::Statistics;
use autochrome_net::weights;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::trainer::TrainerState;

/// Which processes learn together.
#[derive(Clone, Debug, Default)]
pub enum Replicas {
    /// This one alone.
    #[default]
    One,
    /// This one and those that join it.
    Lead {
        /// All of them, this one included.
        count: usize,
        /// Where the others join.
        listener: Arc<TcpListener>,
        /// Set by who has started the others when one of them has ended.
        ended: Arc<AtomicBool>,
    },
    /// This one joins another, takes its weights and writes nothing.
    Join {
        /// `HOST:PORT` of the one that leads.
        address: String,
    },
}

/// Time between looks at whether somebody has joined.
const PATIENCE: Duration = Duration::from_millis(20);

/// The largest message, in bytes: what says more is no replica.
const MOST_BYTES: u64 = 1 << 32;

/// What a replica says of itself when it joins.
#[derive(PartialEq, Serialize, Deserialize)]
struct Greeting {
    version: String,
    recipe: String,
    pictures: usize,
    /// Networks that were trained before, in the order they were given.
    networks: Vec<String>,
}

/// What it hears.
#[derive(Serialize, Deserialize)]
enum Welcome {
    Come { number: usize, count: usize },
    Refuse(String),
}

/// Where a run stands that replicas join.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub step: u64,
    pub steps: u64,
}

/// This process among those that learn together.
pub(crate) struct Group {
    number: usize,
    count: usize,
    /// To the others where this one leads, else to the one that does.
    links: Vec<Link>,
    /// Parts of the batch that this process takes.
    pub parts_here: usize,
}

impl Group {
    /// Waits until all have come.
    ///
    /// `recipe` and the number of pictures are those of all. Nothing comes of it when `stop` is set meanwhile.
    pub fn meet(
        replicas: &Replicas,
        recipe: &str,
        pictures: usize,
        networks: Vec<String>,
        stop: &AtomicBool,
    ) -> Result<Option<Self>, TrainError> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let mine = Greeting { version, recipe: recipe.to_owned(), pictures, networks };
        match replicas {
            Replicas::One => Ok(Some(Self { number: 0, count: 1, links: Vec::new(), parts_here: 1 })),
            Replicas::Lead { count, listener, ended } => {
                let mut links = Vec::new();
                while links.len() + 1 < *count {
                    let Some(stream) = accept(listener, stop, ended)? else { return Ok(None) };
                    let number = links.len() + 1;
                    if let Some(link) =
                        Link::new(stream, format!("replica {number}")).welcome(&mine, number, *count)
                    {
                        links.push(link);
                    }
                }
                Ok(Some(Self { number: 0, count: *count, links, parts_here: 1 }))
            }
            Replicas::Join { address } => {
                let stream = TcpStream::connect(address)
                    .map_err(|e| TrainError::Replica(format!("no training run leads at {address}: {e}")))?;
                let mut link = Link::new(stream, "the replica that leads".to_owned());
                link.tell(&mine)?;
                match link.hear()? {
                    Welcome::Come { number, count } => {
                        Ok(Some(Self { number, count, links: vec![link], parts_here: 1 }))
                    }
                    Welcome::Refuse(reason) => Err(TrainError::Replica(reason)),
                }
            }
        }
    }

    /// Whether this process leads, and therefore writes what is to be kept.
    pub fn leads(&self) -> bool {
        self.number == 0
    }

    /// The number of this process, from 0, and of all of them.
    pub fn place(&self) -> (usize, usize) {
        (self.number, self.count)
    }

    /// Parts of a batch in all processes together.
    pub fn parts(&self) -> usize {
        self.parts_here * self.count
    }

    /// Number of a part of this process's since the start of training: what its noise follows from.
    pub fn part_step(&self, step: u64, part: usize) -> u64 {
        step * self.parts() as u64 + (self.number * self.parts_here + part) as u64
    }

    /// How a part of this process's is normalised: running statistics follow the first part of all.
    pub fn statistics(&self, part: usize) -> Statistics {
        if self.number == 0 && part == 0 { Statistics::Learn } else { Statistics::Batch }
    }

    /// The share that losses of this process's parts have in the mean over all parts.
    pub fn mean_loss(&self, losses: Vec<Tensor<1>>) -> Tensor<1> {
        let sum =
            losses.into_iter().reduce(Tensor::add).unwrap_or_else(|| unreachable!("a batch has a part"));
        sum.div_scalar(self.parts() as f32)
    }

    /// Adds up what all processes have, number by number.
    pub fn sum(&mut self, values: &mut [f32]) -> Result<(), TrainError> {
        if self.leads() {
            for link in &mut self.links {
                let theirs = link.values(values.len())?;
                values.iter_mut().zip(theirs).for_each(|(sum, value)| *sum += value);
            }
        }
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.links.iter_mut().try_for_each(|link| link.send(&bytes))?;
        if !self.leads() {
            values.copy_from_slice(&self.links[0].values(values.len())?);
        }
        Ok(())
    }

    /// Whether any process says so.
    pub fn any(&mut self, here: bool) -> Result<bool, TrainError> {
        let mut sum = [f32::from(u8::from(here))];
        self.sum(&mut sum)?;
        Ok(sum[0] > 0.0)
    }

    /// Replaces gradients by their sums over all processes.
    pub fn sum_gradients<M: Module>(
        &mut self,
        module: &M,
        gradients: &mut GradientsParams,
    ) -> Result<(), TrainError> {
        if self.count == 1 {
            return Ok(());
        }
        let mut flat = Flat { gradients, values: Vec::new() };
        module.visit(&mut flat);
        let mut values = flat.values;
        self.sum(&mut values)?;
        module.visit(&mut Refill { gradients, values: &values });
        Ok(())
    }

    /// Gives what the one that leads has to all: where the run stands, and the trainer's state.
    pub fn share(
        &mut self,
        standing: Standing,
        state: impl FnOnce() -> TrainerState,
    ) -> Result<(Standing, Option<TrainerState>), TrainError> {
        if self.count == 1 {
            return Ok((standing, None));
        }
        if self.leads() {
            let state = state();
            for link in &mut self.links {
                link.tell(&standing)?;
                link.tell(&state.len())?;
            }
            for (name, tensors) in &state {
                let bytes = weights::to_exact_bytes(tensors)?;
                for link in &mut self.links {
                    link.tell(name)?;
                    link.send(&bytes)?;
                }
            }
            return Ok((standing, None));
        }
        let link = &mut self.links[0];
        let standing = link.hear()?;
        let count: usize = link.hear()?;
        let mut state = TrainerState::new();
        for _ in 0..count {
            let name: String = link.hear()?;
            state.insert(name, weights::tensors_of(&link.receive()?)?);
        }
        Ok((standing, Some(state)))
    }
}

/// The next that joins; nothing when `stop` is set before.
fn accept(
    listener: &TcpListener,
    stop: &AtomicBool,
    ended: &AtomicBool,
) -> Result<Option<TcpStream>, TrainError> {
    let failed = |e: io::Error| TrainError::Replica(format!("nobody can join: {e}"));
    listener.set_nonblocking(true).map_err(failed)?;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).map_err(failed)?;
                return Ok(Some(stream));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(failed(error)),
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if ended.load(Ordering::Relaxed) {
            return Err(TrainError::Replica(
                "a replica ended before it had joined; it has said why".to_owned(),
            ));
        }
        std::thread::sleep(PATIENCE);
    }
}

/// A connection to another process; messages are bytes behind their number, 8 bytes little-endian.
struct Link {
    stream: TcpStream,
    /// Who is there.
    name: String,
}

impl Link {
    fn new(stream: TcpStream, name: String) -> Self {
        // Small messages follow large ones; where it cannot be had they come later.
        let _ = stream.set_nodelay(true);
        Self { stream, name }
    }

    /// Takes in one that fits; one that does not is told why.
    fn welcome(mut self, mine: &Greeting, number: usize, count: usize) -> Option<Self> {
        // Who joins speaks at once: somebody else does not hold everyone up.
        self.stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let theirs: Greeting = self.hear().ok()?;
        self.stream.set_read_timeout(None).ok()?;
        let reason = if theirs.version != mine.version {
            format!("the run is led by version {}, this is {}", mine.version, theirs.version)
        } else if theirs.recipe != mine.recipe {
            "the run follows another recipe".to_owned()
        } else if theirs.pictures != mine.pictures {
            format!("the run learns from {} pictures, here are {}", mine.pictures, theirs.pictures)
        } else if theirs.networks != mine.networks {
            "the run has other networks behind --teacher and --features".to_owned()
        } else {
            self.tell(&Welcome::Come { number, count }).ok()?;
            return Some(self);
        };
        let _ = self.tell(&Welcome::Refuse(reason));
        None
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), TrainError> {
        let length = (bytes.len() as u64).to_le_bytes();
        let sent = self.stream.write_all(&length).and_then(|()| self.stream.write_all(bytes));
        sent.map_err(|e| self.lost(e))
    }

    fn receive(&mut self) -> Result<Vec<u8>, TrainError> {
        let mut length = [0; 8];
        self.stream.read_exact(&mut length).map_err(|e| self.lost(e))?;
        let length = u64::from_le_bytes(length);
        if length > MOST_BYTES {
            return Err(self.lost(ErrorKind::InvalidData.into()));
        }
        let mut bytes = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut bytes).map_err(|e| self.lost(e))?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(self.lost(ErrorKind::UnexpectedEof.into())) }
    }

    /// A message of so many numbers.
    fn values(&mut self, count: usize) -> Result<Vec<f32>, TrainError> {
        let bytes = self.receive()?;
        match bytes.as_chunks::<4>() {
            (values, []) if values.len() == count => {
                Ok(values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
            }
            _ => Err(self.lost(ErrorKind::InvalidData.into())),
        }
    }

    fn tell<T: Serialize>(&mut self, what: &T) -> Result<(), TrainError> {
        let bytes = serde_json::to_vec(what).map_err(|e| self.lost(e.into()))?;
        self.send(&bytes)
    }

    fn hear<T: DeserializeOwned>(&mut self) -> Result<T, TrainError> {
        serde_json::from_slice(&self.receive()?).map_err(|e| self.lost(e.into()))
    }

    fn lost(&self, source: io::Error) -> TrainError {
        TrainError::ReplicaLost { replica: self.name.clone(), source }
    }
}

/// All gradients, one after the other.
struct Flat<'a> {
    gradients: &'a GradientsParams,
    values: Vec<f32>,
}

impl ModuleVisitor for Flat<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let data = gradient.into_data().convert::<f32>();
            self.values.extend(data.try_to_vec::<f32>().unwrap_or_default());
        }
    }
}

/// Puts them back.
struct Refill<'a> {
    gradients: &'a mut GradientsParams,
    values: &'a [f32],
}

impl ModuleVisitor for Refill<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            let shape = gradient.shape();
            let (values, rest) = self.values.split_at(shape.num_elements());
            self.values = rest;
            let sum = Tensor::from_data(TensorData::new(values.to_vec(), shape), &gradient.device());
            self.gradients.register::<D>(param.id, sum);
        }
    }
}
