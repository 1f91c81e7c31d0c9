import Gateway
import JobEngine
import OpenAPI
import Values

/// A kind of thing of the cluster as typed resources: `GET` of all of them, in pages, and of one.
///
/// What is shown was known before anybody asked: a read asks neither nodes nor engines, and nothing holds it up.
struct Listing<Item: Sendable>: Sendable {
    /// The path of all of them, such as `/volumes`.
    let path: String
    /// What one is called in operation ids, such as `Volume`, and what all of them are called.
    let one, many: String
    /// The parameter of the path that names one.
    let key: String
    /// What that is, for people.
    let keyText: String
    /// The job whose rights are those of the list, and the one whose rights are those of one of them.
    let rights: (list: String, item: String)
    /// More than a summary can say, in Markdown.
    let detail: String
    let shown: Representation<Item>
    let filters: [Filter]
    /// What names one in its path; no two have the same.
    let name: @Sendable (Item) -> String
    let items: @Sendable (Inventory) -> [Item]
    /// What the page of a list has besides, by name.
    var more: [More] = []

    /// Chooses items by a value each of them has.
    struct Filter: Sendable {
        let parameter: QueryParameter
        /// The values of an item, of which one has to be among those that are asked for.
        let values: @Sendable (Item) -> [String]

        init(_ name: String, _ text: String, values: @escaping @Sendable (Item) -> [String]) {
            parameter = QueryParameter(name, .text, text: text, repeats: true)
            self.values = values
        }

        /// Whether an item is one of those a request asks for.
        func admits(_ item: Item, _ query: Query) -> Bool {
            let wanted = query.all(parameter.name)
            return wanted.isEmpty || !values(item).allSatisfy { !wanted.contains($0) }
        }
    }

    /// A member of the page itself.
    struct More: Sendable {
        let name: String
        let schema: Value
        let value: @Sendable (Inventory) -> Value?
    }

    /// The heading of its routes in the document.
    var tag: String { String(path.dropFirst()) }

    /// What is asked for by the query of a list.
    var query: [QueryParameter] {
        [.limit, .cursor] + filters.map(\.parameter) + [
            QueryParameter("count", .flag, text: "Adds 'total': how many there are on all pages."),
            QueryParameter(
                "fields", .form(.members(shown.names)),
                text: "Only these members of each; commas may stand between them.",
                repeats: true),
        ]
    }

    /// All items in the order of a list: by their names, numbers by size.
    func sorted(_ inventory: Inventory) -> [Item] {
        items(inventory).map { (name($0), $0) }.sorted { Self.comes($0.0, before: $1.0) }.map(\.1)
    }

    /// Whether an item of one name stands before that of another; what is no number comes behind.
    static func comes(_ first: String, before second: String) -> Bool {
        switch (Int(first), Int(second)) {
        case (let one?, let other?) where one != other: one < other
        case (.some, nil): true
        case (nil, .some): false
        default: first < second
        }
    }

    /// The component schemas of its answers.
    var schemas: [String: Value] {
        var page: [String: Value] = [
            "items": Schema.list(Schema.ref(shown.name)),
            "next_cursor": Schema.text("The cursor of the next page; absent on the last one.", format: "cursor"),
            "total": Schema.int("How many there are on all pages; with count alone."),
        ]
        for member in more { page[member.name] = member.schema }
        let list = Schema.reply(
            "A page of a list, by name.", needs: ["items"], page, example: ["items": [shown.example]])
        return shown.schemas.merging([listSchema: list]) { first, _ in first }
    }

    var listSchema: String { "\(shown.name)List" }
}
