import JobEngine
import Synchronization

/// What was rendered from a catalogue, kept until there is another edition of it.
final class RenderedCatalogue<Form: Sendable>: Sendable {
    private let kept = Mutex<(edition: Int, form: Form)?>(nil)

    /// The form of this edition; it is made when somebody first asks for it.
    func form(of catalogue: JobCatalogue, _ render: (JobCatalogue) -> Form) -> Form {
        kept.withLock { kept in
            if let kept, kept.edition == catalogue.edition { return kept.form }
            let form = render(catalogue)
            kept = (catalogue.edition, form)
            return form
        }
    }
}
