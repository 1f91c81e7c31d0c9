import Gateway
import JobEngine
import Values

/// Which members of each item a list shows.
struct MemberChoice {
    /// Empty for all.
    private let names: Set<String>

    init(_ query: Query) {
        names = Set(query.all("fields").flatMap(QueryParameter.Form.words))
    }

    func trimming(_ item: Value) -> Value {
        guard !names.isEmpty, let members = item.map else { return item }
        return .map(members.filter { names.contains($0.key) })
    }
}
