/// One group of `[Groups]`.
package struct GroupEntry: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the cluster.
    package var name: String { section.header }

    /// Group id.
    package var id: Int? { int("ID") }
}
