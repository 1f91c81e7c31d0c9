import Testing

/// A reader of bytes somebody else wrote, as the fuzzing calls it.
///
/// Every reader has the same duties: whatever comes, it answers, within time and memory, and what it has read is what
/// it says to have read. A new reader is one more line in ``all``.
struct Reader: Sendable, CustomTestStringConvertible {
    let name: String
    /// Inputs to begin with.
    let corpus: [[UInt8]]
    /// Pieces that mean something to the reader.
    let words: [String]
    /// Bytes of the longest input.
    let longest: Int
    /// Makes sums and lengths right again, so that what lies behind their check is reached.
    let mend: (@Sendable ([UInt8]) -> [UInt8])?
    /// Reads an input. An input that is refused is read well.
    ///
    /// - Throws: ``Breach`` when what was read is not as it has to be.
    let read: @Sendable ([UInt8]) throws -> Void

    var testDescription: String { name }

    init(
        _ name: String, _ corpus: [[UInt8]], words: [String], longest: Int = 4096,
        mend: (@Sendable ([UInt8]) -> [UInt8])? = nil, read: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        (self.name, self.corpus, self.words, self.longest) = (name, corpus, words, longest)
        (self.mend, self.read) = (mend, read)
    }

    /// A reader of text.
    init(
        _ name: String, _ corpus: [String], words: [String], longest: Int = 4096,
        read: @escaping @Sendable (String) throws -> Void
    ) {
        self.init(name, corpus.map { Array($0.utf8) }, words: words, longest: longest) { bytes in
            try read(String(decoding: bytes, as: UTF8.self))
        }
    }

    static let all: [Reader] = [
        .tar, .packedTar, .gzip, .zip,
        .methodCall, .methodResponse,
        .json, .clientJSON,
        .exaConf, .patch, .place, .words,
        .target, .query, .fields, .frames,
        .settings, .jobManifest, .clientYAML,
        .revocations,
    ]
}

/// What a reader did that it must not do.
struct Breach: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``Breach`` unless the condition holds.
func require(_ condition: Bool, _ duty: @autoclosure () -> String) throws(Breach) {
    if !condition { throw Breach(description: duty()) }
}
