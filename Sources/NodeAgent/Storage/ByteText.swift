import EXAConf

/// A number of bytes in a message, such as `4 GiB`.
struct ByteText: CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    var description: String { Size(bytes: max(0, bytes))?.description ?? "\(bytes) B" }
}
