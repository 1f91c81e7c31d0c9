import Values

/// How a value is printed.
enum OutputForm: Equatable, Sendable {
    case yaml, json, python, flat
    /// Rows in these columns; in all there are when none is named.
    case table([String])
    /// What stands at a path, a line for each.
    case path(JSONPath)

    /// As they are spelled behind `-o`.
    static let names = ["yaml", "json", "python", "flat", "table", "table=COLUMN,...", "jsonpath=PATH"]

    /// - Throws: ``Failure`` for a word that names no form, and for a path that cannot be read.
    init(_ text: String) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("yaml", 1): self = .yaml
        case ("json", 1): self = .json
        case ("python", 1): self = .python
        case ("flat", 1): self = .flat
        case ("table", 1): self = .table([])
        case ("table", _):
            let columns = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard !columns.contains("") else {
                throw .usage("'\(text)' needs names of columns with commas between, as in table=job_id,type.")
            }
            self = .table(columns)
        case ("jsonpath", 2): self = .path(try JSONPath(parts[1]))
        default: throw .usage("'\(text)' is no output; there is \(Self.names.joined(separator: ", ")).")
        }
    }

    /// Text that ends with a line end.
    ///
    /// - Throws: ``Failure`` where a path leads to nothing.
    func text(_ value: Value) throws(Failure) -> String {
        switch self {
        case .yaml: YAML.text(value)
        case .json: SpacedJSON.text(value) + "\n"
        case .python: Python.text(value) + "\n"
        case .flat: Flat.text(value)
        case .table(let columns): Table(value, columns: columns).text
        case .path(let path): try path.text(value)
        }
    }
}
