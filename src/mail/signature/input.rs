//! What is hashed: the fields that a signature lists, from the bottom up, and the body.

use super::tags::without_signature;
use super::{Canonicalization, Signature, SigningAlgorithm};
use crate::mail::{Field, Message};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// The fields of a message by their names.
#[derive(Debug)]
pub struct Index<'m, 'a> {
    message: &'m Message<'a>,
    /// Places of the fields of a name, top to bottom.
    places: HashMap<FieldName<'a>, Vec<usize>>,
}

/// The name of a field: the case of its letters means nothing.
#[derive(Clone, Copy, Debug)]
struct FieldName<'a>(&'a [u8]);

impl PartialEq for FieldName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for FieldName<'_> {}

impl Hash for FieldName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Eight octets at a time: names are short, and a call for each octet costs more than the octet.
        for piece in self.0.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(piece).for_each(|(to, octet)| *to = octet.to_ascii_lowercase());
            state.write_u64(u64::from_le_bytes(word));
        }
        state.write_usize(self.0.len());
    }
}

/// A name that a signature lists, and the field that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedField<'a> {
    /// The name, as `h=` has it.
    pub name: &'a [u8],
    /// The place of the field in the header, from 0 at the top; `None` if the signature says that
    /// there is no such field, or no further one.
    pub place: Option<usize>,
}

impl<'m, 'a> Index<'m, 'a> {
    /// Indexes a message.
    pub fn new(message: &'m Message<'a>) -> Self {
        let mut places: HashMap<FieldName<'a>, Vec<usize>> =
            HashMap::with_capacity(message.fields.len());
        for (place, field) in message.fields.iter().enumerate() {
            places.entry(FieldName(field.name())).or_default().push(place);
        }
        Self { message, places }
    }

    /// How many fields of this name there are.
    pub fn count(&self, name: &[u8]) -> usize {
        self.places.get(&FieldName(name)).map_or(0, Vec::len)
    }

    /// Which fields a signature covers.
    ///
    /// RFC 6376 §5.4.2: "the signer MUST sign such header fields in order from the bottom of the header
    /// field block to the top"; the field of the signature itself was not there yet.
    pub fn signed<'s>(&self, signature: &Signature<'s>) -> Vec<SignedField<'s>> {
        let own = signature.field.octets.as_ptr();
        let is_own = |place: usize| {
            self.message.fields.get(place).is_some_and(|it| it.octets.as_ptr() == own)
        };
        // How many of the fields of a name are not used yet, from the top.
        let mut left: HashMap<FieldName<'_>, usize> = HashMap::with_capacity(signature.names.len());
        let signed = signature.names.iter().map(|name| {
            let places = self.places.get(&FieldName(name)).map_or(&[][..], Vec::as_slice);
            let left = left.entry(FieldName(name)).or_insert(places.len());
            let mut place = None;
            while place.is_none() && *left > 0 {
                *left -= 1;
                place = places.get(*left).copied().filter(|place| !is_own(*place));
            }
            SignedField { name, place }
        });
        signed.collect()
    }

    /// The octets that the signature is over (RFC 6376 §3.7).
    pub fn input(&self, signature: &Signature<'_>, signed: &[SignedField<'_>]) -> Vec<u8> {
        let fields = signed.iter().filter_map(|it| self.message.fields.get(it.place?).copied());
        input(signature, fields)
    }
}

/// The octets that a signature over these fields is over.
pub(super) fn input<'f>(
    signature: &Signature<'_>,
    fields: impl Iterator<Item = Field<'f>>,
) -> Vec<u8> {
    let mut input = Vec::with_capacity(2048);
    for field in fields {
        signature.header.field(field, &mut input);
    }
    let value = without_signature(signature.field.value());
    signature.header.own_field(signature.field, value, &mut input);
    input
}

/// The octets that a seal is over (RFC 8617 §5.1.1): all sets up to its own, in their order, the seal
/// itself last and without its signature.
pub fn seal_input<'f>(before: impl Iterator<Item = Field<'f>>, seal: &Signature<'_>) -> Vec<u8> {
    input(seal, before)
}

/// A body, hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedBody {
    /// The hash.
    pub hash: Vec<u8>,
    /// Octets of the canonical body.
    pub canonical: u64,
}

impl HashedBody {
    /// Hashes a body, or its first octets.
    pub fn new(
        body: &[u8],
        form: Canonicalization,
        algorithm: SigningAlgorithm,
        length: Option<u64>,
    ) -> Self {
        let mut context = context(algorithm);
        let mut canonical: u64 = 0;
        form.body(body, |piece| {
            let left = length.unwrap_or(u64::MAX).saturating_sub(canonical);
            let kept = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            context.update(piece.get(..kept).unwrap_or_default());
            canonical += piece.len() as u64;
        });
        Self { hash: context.finish().as_ref().to_vec(), canonical }
    }
}

/// A hash that has just begun.
pub(super) fn context(algorithm: SigningAlgorithm) -> Context {
    Context::new(match algorithm {
        SigningAlgorithm::RsaSha1 => &SHA1_FOR_LEGACY_USE_ONLY,
        SigningAlgorithm::RsaSha256 | SigningAlgorithm::Ed25519Sha256 => &SHA256,
    })
}

/// How a body was prepared and hashed.
type Way = (Canonicalization, bool, Option<u64>);

/// The hashes of one body, each made once.
#[derive(Debug)]
pub struct Bodies<'a> {
    body: &'a [u8],
    known: Vec<(Way, HashedBody)>,
}

impl<'a> Bodies<'a> {
    /// The hashes of a body.
    pub fn new(body: &'a [u8]) -> Self {
        Self { body, known: Vec::new() }
    }

    /// The hash that a signature speaks of.
    pub fn hash(&mut self, signature: &Signature<'_>) -> HashedBody {
        let Signature { body: form, algorithm, length, .. } = *signature;
        let way = (form, algorithm == SigningAlgorithm::RsaSha1, length);
        if let Some((_, known)) = self.known.iter().find(|(known, _)| *known == way) {
            return known.clone();
        }
        let hashed = HashedBody::new(self.body, form, algorithm, length);
        self.known.push((way, hashed.clone()));
        hashed
    }
}
