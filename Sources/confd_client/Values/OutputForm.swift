import Values

/// How a value is printed.
enum OutputForm: String, CaseIterable, Sendable {
    case yaml, json, python, flat, table

    /// Text that ends with a line end.
    func text(_ value: Value) -> String {
        switch self {
        case .yaml: YAML.text(value)
        case .json: SpacedJSON.text(value) + "\n"
        case .python: Python.text(value) + "\n"
        case .flat: Flat.text(value)
        case .table: Table(value).text
        }
    }
}
