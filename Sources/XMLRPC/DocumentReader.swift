import CExpat
import Values

/// Reads one document: expat finds the elements, this class holds them to the grammar and collects the values.
///
/// A class because expat hands its address to the handlers; it lives for one call of `read(_:)` in one thread.
final class DocumentReader {
    /// Where an open element stands: how many children it had and which collected values and names are below it.
    private struct Frame {
        let element: Element
        let firstValue: Int
        let firstName: Int
        var children = 0
    }

    let root: Element
    private(set) var methodName = ""
    /// The values that no array or struct has taken yet; after reading, the parameters or the answer.
    @exclusivity(unchecked) private(set) var values: [Value] = []
    private(set) var isFault = false
    /// Where `<base64>` stood whose bytes are no text, as ``MethodCall/binaryPlaces``.
    private(set) var binaryPlaces: [[Int]] = []

    private let limits: Limits
    private let transportEncoding: String?
    /// Bytes of text so far, decoded: other encodings take fewer or more for the same text.
    @exclusivity(unchecked) private var decoded = 0
    // One thread calls the handlers, one after the other, so checking each access at run time would only cost time.
    @exclusivity(unchecked) private var names: [String] = []
    @exclusivity(unchecked) private var frames: [Frame] = []
    @exclusivity(unchecked) private var text: [UInt8] = []
    @exclusivity(unchecked) private var elements = 0
    @exclusivity(unchecked) private var depth = 0
    @exclusivity(unchecked) private var parser: OpaquePointer?
    @exclusivity(unchecked) private var failure: XMLRPCError?

    /// - Parameter encoding: What the document came as, when its transport says so.
    init(root: Element, limits: Limits, encoding: String? = nil) {
        self.root = root
        self.limits = limits
        transportEncoding = encoding
    }

    /// Reads the whole document.
    func read(_ document: some Collection<UInt8>) throws(XMLRPCError) {
        if document.withContiguousStorageIfAvailable({ parse($0) }) == nil {
            Array(document).withUnsafeBufferPointer { parse($0) }
        }
        if let failure { throw failure }
    }
}

// MARK: - expat
extension DocumentReader {
    private func parse(_ document: UnsafeBufferPointer<UInt8>) {
        guard document.count <= limits.bodyBytes else {
            failure = XMLRPCError(.limitExceeded, "The document is larger than \(limits.bodyBytes) bytes.")
            return
        }
        let encoding: String?
        do throws(XMLRPCError) {
            encoding = try DeclaredEncoding.parserName(of: document, transport: transportEncoding)
        } catch {
            failure = error
            return
        }
        // The encoding given here overrules what the document says of itself.
        guard let parser = encoding.map({ XML_ParserCreate($0) }) ?? XML_ParserCreate(nil) else {
            failure = XMLRPCError(.limitExceeded, "There is no memory to read the document.")
            return
        }
        defer {
            XML_ParserFree(parser)
            self.parser = nil
        }
        self.parser = parser
        install(on: parser)
        if !Self.feed(document, to: parser), failure == nil {
            let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "unknown error"
            fail(.notWellFormed, "The document is not well-formed XML: \(reason).")
        }
    }

    /// expat copies what it is given in one piece before it reads it.
    private static let pieceBytes = 64 << 10

    /// Whether the parser has taken all of the document.
    private static func feed(_ document: UnsafeBufferPointer<UInt8>, to parser: OpaquePointer) -> Bool {
        var rest = document[...]
        repeat {
            let piece = UnsafeBufferPointer(rebasing: rest.prefix(pieceBytes))
            rest = rest.dropFirst(piece.count)
            // Bytes and characters have the same layout.
            let status = piece.withMemoryRebound(to: CChar.self) {
                XML_Parse(parser, $0.baseAddress, Int32($0.count), rest.isEmpty ? 1 : 0)
            }
            guard status == XML_STATUS_OK else { return false }
        } while !rest.isEmpty
        return true
    }

    private func install(on parser: OpaquePointer) {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, attributes in
                guard let name else { return }
                DocumentReader.at(context)?.start(String(cString: name), attributes)
            },
            { context, _ in DocumentReader.at(context)?.end() })
        XML_SetCharacterDataHandler(parser) { context, characters, count in
            DocumentReader.at(context)?.append(UnsafeBufferPointer(start: characters, count: Int(count)))
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            DocumentReader.at(context)?.fail(.doctypeRefused, "A document type declaration is not allowed.")
        }
    }

    /// The reader behind a handler's context, unless it has failed: expat may call on after it was told to stop.
    private static func at(_ context: UnsafeMutableRawPointer?) -> DocumentReader? {
        guard let context else { return nil }
        let reader = Unmanaged<DocumentReader>.fromOpaque(context).takeUnretainedValue()
        return reader.failure == nil ? reader : nil
    }

    private func fail(_ code: XMLRPCError.Code, _ message: String) {
        guard failure == nil, let parser else { return }
        let line = Int(clamping: XML_GetCurrentLineNumber(parser))
        let column = Int(clamping: XML_GetCurrentColumnNumber(parser)) + 1
        failure = XMLRPCError(code, message, line: line, column: column)
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }
}

// MARK: - Grammar
extension DocumentReader {
    private func start(_ name: String, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        elements += 1
        guard elements <= limits.elements else {
            return fail(.limitExceeded, "The document has more than \(limits.elements) elements.")
        }
        guard let element = Element(rawValue: name), admit(element) else {
            let place = frames.last.map { "inside <\($0.element.rawValue)>" } ?? "as the root, which is <\(root)>"
            return fail(.structureInvalid, "<\(name.prefix(40))> cannot stand here \(place).")
        }
        guard onlyDeclaresNamespaces(attributes) else {
            return fail(.structureInvalid, "<\(name)> cannot have attributes.")
        }
        if element == .value {
            depth += 1
            guard depth <= limits.depth else {
                return fail(.limitExceeded, "Values are nested deeper than \(limits.depth).")
            }
        }
        if element == .fault { isFault = true }
        if !text.isEmpty { text.removeAll(keepingCapacity: true) }
        frames.append(Frame(element: element, firstValue: values.count, firstName: names.count))
    }

    private func admit(_ element: Element) -> Bool {
        guard let parent = frames.last else { return element == root }
        // Text before the element would belong to an untyped string.
        guard parent.element.accepts(element, after: parent.children, in: root), isBlank(text) else { return false }
        frames[frames.count - 1].children += 1
        return true
    }

    private func onlyDeclaresNamespaces(_ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Bool {
        guard var next = attributes else { return true }
        while let name = next.pointee {
            let text = String(cString: name)
            guard text == "xmlns" || text.hasPrefix("xmlns:") else { return false }
            next += 2
        }
        return true
    }

    private func append(_ characters: UnsafeBufferPointer<CChar>) {
        guard text.count + characters.count <= limits.textBytes else {
            return fail(.limitExceeded, "A text is longer than \(limits.textBytes) bytes.")
        }
        decoded += characters.count
        guard decoded <= limits.bodyBytes else {
            return fail(.limitExceeded, "The texts have more than \(limits.bodyBytes) bytes.")
        }
        characters.withMemoryRebound(to: UInt8.self) { bytes in
            guard let frame = frames.last, !frame.element.isLeaf, frame.element != .value || frame.children > 0 else {
                return text.append(contentsOf: bytes)
            }
            if !isBlank(bytes) {
                fail(.structureInvalid, "Text cannot stand here inside <\(frame.element.rawValue)>.")
            }
        }
    }

    private func end() {
        guard let frame = frames.popLast() else { return }
        guard frame.children >= frame.element.minimumChildren(in: root) else {
            return fail(.structureInvalid, "<\(frame.element.rawValue)> ends before it is complete.")
        }
        switch frame.element {
        case .value:
            depth -= 1
            if frame.children == 0 { values.append(.string(String(decoding: text, as: UTF8.self))) }
        case .methodName: endMethodName()
        case .name: names.append(String(decoding: text, as: UTF8.self))
        case .data: endArray(from: frame.firstValue)
        case .struct: endStruct(from: frame)
        case let element where element.isScalar: endScalar(element)
        default: break
        }
        if !text.isEmpty { text.removeAll(keepingCapacity: true) }
    }

    private func endMethodName() {
        methodName = String(decoding: text, as: UTF8.self)
        if !MethodCall.isName(methodName) {
            fail(.valueInvalid, "A method name has 1 to 255 letters, digits and the characters _ . : / only.")
        }
    }

    private func endScalar(_ element: Element) {
        guard let value = element == .base64 ? textOfBase64() : Scalar.value(of: element, text) else {
            return fail(.valueInvalid, "The text of <\(element.rawValue)> is no value of that type.")
        }
        values.append(value)
    }

    /// What base64 holds, as text; an empty one for bytes that are none.
    private func textOfBase64() -> Value? {
        guard let bytes = Base64.decode(text, skipsBlanks: true) else { return nil }
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        let place = binaryPlace
        if binaryPlaces.last != place { binaryPlaces.append(place) }
        return ""
    }

    /// The position among the parameters, and among the elements of a parameter that is an array.
    private var binaryPlace: [Int] {
        let positions = zip(frames, frames.dropFirst()).map { outer, inner in inner.firstValue - outer.firstValue }
        // Around an element are methodCall, params, param, value, array, data and a value of its own.
        let isElement = frames.count > 6 && frames[5].element == .data
        return isElement ? [positions[1], positions[5]] : Array(positions.dropFirst().prefix(1))
    }

    private func endArray(from first: Int) {
        guard values.count - first > max(first, 1024) else {
            let elements = Array(values[first...])
            values.removeSubrange(first...)
            return values.append(.list(elements))
        }
        // A long array takes over the memory it was collected in.
        let others = Array(values[..<first])
        values.removeSubrange(..<first)
        let elements = values
        values = others
        values.append(.list(elements))
    }

    private func endStruct(from frame: Frame) {
        let keys = names[frame.firstName...]
        let members = Dictionary(zip(keys, values[frame.firstValue...]), uniquingKeysWith: { first, _ in first })
        guard members.count == keys.count else {
            return fail(.structureInvalid, "Two members of a <struct> have the same name.")
        }
        names.removeSubrange(frame.firstName...)
        values.removeSubrange(frame.firstValue...)
        values.append(.map(members))
    }

    private func isBlank(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }
    }
}
