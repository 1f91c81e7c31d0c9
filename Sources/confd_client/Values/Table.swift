import Values

/// Rows in columns as wide as they need to be, under names in capitals.
struct Table {
    let columns: [String]
    var rows: [[String]] = []

    /// Lines without blanks at their ends; the heading alone when there is no row.
    var text: String {
        let lines = [columns.map { $0.uppercased() }] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (cell, width) in zip(line, widths) {
                text += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    /// Maps as rows: a column for each name.
    init(_ items: [Value], columns: [String]) {
        self.columns = columns
        rows = items.map { item in columns.map { Self.cell(item[$0]) } }
    }

    /// Any value: maps of a list as rows, members of a map as lines, the rest as one column.
    init(_ value: Value) {
        switch value {
        case .list(let items) where items.contains { $0.map != nil }:
            self.init(items, columns: Set(items.flatMap { ($0.map ?? [:]).keys }).sorted())
        case .list(let items):
            self.init([], columns: ["value"])
            rows = items.map { [Self.cell($0)] }
        case .map(let members):
            self.init([], columns: ["name", "value"])
            rows = members.sorted { $0.key < $1.key }.map { [$0.key, Self.cell($0.value)] }
        default:
            self.init([], columns: ["value"])
            rows = [[Self.cell(value)]]
        }
    }

    private static func cell(_ value: Value?) -> String {
        guard let value, value != .null else { return "-" }
        let text = value.plain ?? SpacedJSON.text(value)
        return text.contains(where: \.isNewline) ? SpacedJSON.quoted(text) : text
    }
}
