/// The form of texts that hold certificates and keys.
package enum PEMText {
    /// Whether a text holds a private key in PEM form, encrypted or not.
    package static func holdsPrivateKey(_ text: some Collection<UInt8>) -> Bool {
        var line: [UInt8] = []
        for byte in text {
            guard byte != 0x0A, byte != 0x0D else {
                if opensPrivateKey(line) { return true }
                line.removeAll(keepingCapacity: true)
                continue
            }
            line.append(byte)
        }
        return opensPrivateKey(line)
    }

    /// Also within a line: a text may have lost its line ends on the way, or have got a word in front.
    private static func opensPrivateKey(_ line: [UInt8]) -> Bool {
        guard line.count >= begin.count + privateKey.count, let start = line.firstRange(of: begin) else { return false }
        return line[start.upperBound...].firstRange(of: privateKey) != nil
    }

    /// The text without a byte order mark.
    static func plain(_ text: [UInt8]) -> ArraySlice<UInt8> {
        text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    }

    /// Whether bytes look like the outermost sequence of a DER document.
    static func isDER(_ bytes: [UInt8]) -> Bool {
        bytes.count > 4 && bytes[0] == 0x30 && bytes[1] >= 0x80
    }

    private static let begin = Array("-----BEGIN ".utf8)
    private static let privateKey = Array("PRIVATE KEY".utf8)
}
