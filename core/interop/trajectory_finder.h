// Which trajectory a piece of text belongs to. Internal to the room.
#pragma once

#include "core/interop/takers.h"
#include "core/store/records.h"

#include <string>
#include <vector>

namespace crux::interop {

/// A prompt, the question inside it, and the beginning of a response behind it.
struct SplitText {
    std::string question, prompt, response;
};
/// Parts a text that begins with a prompt of this template. InvalidArgument naming the words that
/// are missing.
Result<SplitText> splitByTemplate(const std::string& text, const std::string& templateName);

/// Trajectories of one question in the data set whose text (prompt + response) begins with
/// `beginning`, by id; each with ids and offsets of the import's tokenizer, which are stored where
/// the trajectory had none. The question is the one with that id in its file, else that with this
/// text. `fault`: why one that begins so cannot be used; none is an error.
Result<std::vector<store::TrajectoryRecord>>
trajectoriesBeginning(const TakerContext& context, DatasetId dataset, const std::string& questionId,
                      const std::string& question, const std::string& beginning,
                      std::string& fault);

/// Adds a trajectory that is known only up to some token, with its question; read back with its
/// ids. In a dry run it is laid and not stored.
Result<store::TrajectoryRecord> addPartial(const TakerContext& context, class ImportWriter& writer,
                                           const struct ParsedRow& row, const Place& place);

} // namespace crux::interop
