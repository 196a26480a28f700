//! The few lines of protobuf that ONNX needs.
//!
//! Source: the encoding page of the Protocol Buffers documentation: a field is its number and wire type, then a varint,
//! four bytes, or a length and that many bytes.

/// A message that is being written.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A message of the fields that `write` writes.
    pub(super) fn of(write: impl FnOnce(&mut Self)) -> Self {
        let mut message = Self::default();
        write(&mut message);
        message
    }

    /// The bytes so far.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn int(&mut self, field: u32, value: i64) {
        self.varint(u64::from(field) << 3);
        self.varint(value as u64);
    }

    pub(super) fn float(&mut self, field: u32, value: f32) {
        self.varint(u64::from(field) << 3 | 5);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, field: u32, value: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    pub(super) fn text(&mut self, field: u32, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    pub(super) fn message(&mut self, field: u32, value: &Self) {
        self.bytes(field, &value.0);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_the_documentation_has_them() {
        let message = Message::of(|m| {
            m.int(1, 150);
            m.text(2, "testing");
            m.message(3, &Message::of(|m| m.int(1, -1)));
            m.float(4, 1.0);
        });
        let mut expected = vec![0x08, 0x96, 0x01, 0x12, 0x07];
        expected.extend_from_slice(b"testing");
        expected.extend_from_slice(&[0x1a, 0x0b, 0x08]);
        expected.extend_from_slice(&[0xff; 9]);
        expected.extend_from_slice(&[0x01, 0x25, 0, 0, 0x80, 0x3f]);
        assert_eq!(message.into_bytes(), expected);
    }
}
