package import Values

/// A request: the method to call and its arguments in order.
package struct MethodCall: Sendable, Hashable {
    /// 1 to 255 allowed characters when it was read; unchecked when it was made here.
    package let methodName: String
    /// The arguments by position; XML-RPC knows no names for them.
    package let parameters: [Value]
    /// Where among the parameters base64 stood whose bytes are no UTF-8 text, so that an empty text stands there now: the
    /// position of the parameter, and of the element of one that is an array.
    let binaryPlaces: [[Int]]

    /// Takes the name as it is: only `init(parsing:limits:)` checks its characters.
    package init(methodName: String, parameters: [Value] = []) {
        self.init(methodName: methodName, parameters: parameters, binaryPlaces: [])
    }

    init(methodName: String, parameters: [Value], binaryPlaces: [[Int]]) {
        self.methodName = methodName
        self.parameters = parameters
        self.binaryPlaces = binaryPlaces
    }

    /// Whether a parameter held bytes that are no UTF-8 text: no job takes such, and the call must not be carried out.
    package var hasBinary: Bool { !binaryPlaces.isEmpty }

    /// Reads the document a client sent, all of it.
    ///
    /// - Parameter encoding: The `charset` it came with; counts where the document does not say its encoding.
    /// - Throws: `XMLRPCError` for everything that the XML-RPC specification does not allow, and for a passed limit.
    ///   Beyond the specification `nil`, `i1`, `i2`, `i8` and their `ex:` forms are read. A `dateTime` becomes ISO 8601
    ///   text, and `base64` the UTF-8 text it holds.
    package init(
        parsing document: some Collection<UInt8>, limits: Limits = .standard, encoding: String? = nil
    ) throws(XMLRPCError) {
        let reader = DocumentReader(root: .methodCall, limits: limits, encoding: encoding)
        try reader.read(document)
        self.init(methodName: reader.methodName, parameters: reader.values, binaryPlaces: reader.binaryPlaces)
    }

    /// The document to send, in UTF-8.
    package func encoded() -> [UInt8] {
        var writer = DocumentWriter()
        writer.write(self)
        return writer.bytes
    }

    /// True when the name holds one to 255 of the characters that XML-RPC allows: letters, digits and `_ . : /`.
    package static func isName(_ name: some StringProtocol) -> Bool {
        1...255 ~= name.utf8.count && name.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        // The range covers the digits and the characters around them that are allowed: `.`, `/` and `:`.
        case UInt8(ascii: ".")...UInt8(ascii: ":"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
