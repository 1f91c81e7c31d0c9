import Values

/// Rows in columns as wide as they need to be, under names in capitals.
struct Table {
    let columns: [String]
    var rows: [[String]] = []

    /// Lines without blanks at their ends; the heading alone when there is no row.
    var text: String { styled(Display()).text(hasColours: false) }

    /// Maps as rows: a column for each name, which may be a path as well.
    init(_ items: [Value], columns: [String], on display: Display = Display()) {
        self.columns = columns
        rows = items.map { item in columns.map { Self.cell(Self.member($0, of: item), display) } }
    }

    /// Any value: maps of a list as rows, members of a map as lines, the rest as one column.
    ///
    /// - Parameter chosen: The columns of the former; all there are when it is empty.
    init(_ value: Value, columns chosen: [String] = [], on display: Display = Display()) {
        switch value {
        case .list(let items) where !chosen.isEmpty: self.init(items, columns: chosen, on: display)
        case .map where !chosen.isEmpty: self.init([value], columns: chosen, on: display)
        case .list(let items) where items.contains { $0.map != nil }:
            self.init(items, columns: Set(items.flatMap { ($0.map ?? [:]).keys }).sorted(), on: display)
        case .list(let items):
            self.init([], columns: ["value"])
            rows = items.map { [Self.cell($0, display)] }
        case .map(let members):
            self.init([], columns: ["name", "value"])
            rows = members.sorted { $0.key < $1.key }.map { [$0.key, Self.cell($0.value, display)] }
        default:
            self.init([], columns: ["value"])
            rows = [[Self.cell(value, display)]]
        }
    }

    /// The same for a terminal: cut to its width, with colours for words that say how something stands.
    func styled(_ display: Display) -> Styled {
        let heading = columns.map { $0.uppercased() }
        var widths = columns.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
        if let width = display.width { Self.fit(&widths, within: width) }
        var styled = Styled()
        append(heading, widths, to: &styled) { _ in .bold }
        for row in rows { append(row, widths, to: &styled, colour: Styled.Colour.init(of:)) }
        return styled
    }

    private func append(
        _ line: [String], _ widths: [Int], to styled: inout Styled, colour: (String) -> Styled.Colour?
    ) {
        let last = line.lastIndex { !$0.isEmpty } ?? 0
        for (index, cell) in line.enumerated() where index <= last {
            let shown = cell.count > widths[index] ? cell.prefix(max(0, widths[index] - 1)) + "…" : cell[...]
            styled.append(String(shown), colour(cell))
            if index < last { styled.append(String(repeating: " ", count: widths[index] - shown.count + 2)) }
        }
        styled.append("\n")
    }

    /// Makes columns narrower until all of them fit, but none narrower than can be read: the widest ones until they are as wide as a
    /// date and a time, then the last one, which has what there is to say, then the widest again.
    private static func fit(_ widths: inout [Int], within width: Int) {
        let (moment, narrowest) = (16, 8)
        var over = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        for least in [moment, nil, narrowest] {
            while over > 0 {
                let widest = least == nil ? widths.indices.last : widths.indices.max { widths[$0] < widths[$1] }
                guard let widest, widths[widest] > least ?? narrowest else { break }
                widths[widest] -= 1
                over -= 1
            }
        }
    }

    private static func member(_ name: String, of item: Value) -> Value? {
        if let member = item[name] { return member }
        guard name.contains("."), let path = try? JSONPath(name.hasPrefix(".") ? name : ".\(name)") else { return nil }
        return path.values(in: item).first
    }

    private static func cell(_ value: Value?, _ display: Display) -> String {
        guard let value, value != .null else { return "-" }
        if display.isTerminal, let time = value.string.flatMap({ Timestamp($0) }) { return display.moment(time) }
        let text = value.plain ?? SpacedJSON.text(value)
        return text.contains(where: \.isNewline) ? SpacedJSON.quoted(text) : text
    }
}
