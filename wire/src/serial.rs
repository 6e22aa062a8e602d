//! Messages and values in other formats: there they are what they are on the wire.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::frame::HEADER_LENGTH;
use crate::{Message, ParticleType, Value};

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.particle_type(), self.encode()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (particle_type, bytes) = <(ParticleType, Vec<u8>)>::deserialize(deserializer)?;
        Self::decode(particle_type, &bytes).map_err(D::Error::custom)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.encode()[HEADER_LENGTH..].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Vec::<u8>::deserialize(deserializer)?;
        Self::decode(&body).map_err(D::Error::custom)
    }
}
