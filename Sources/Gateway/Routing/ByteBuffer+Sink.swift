import NIOCore
import Values

extension ByteBuffer: ByteSink {
    package mutating func append(_ byte: UInt8) { writeInteger(byte) }
    package mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) { writeBytes(bytes) }
}
