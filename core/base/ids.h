// Strong ids: row numbers of the project file that do not mix by accident.
#pragma once

#include <cstdint>
#include <functional>

namespace crux {

/// A row id of one kind. 0 means "none".
template <typename Tag> struct StrongId {
    std::int64_t value = 0;

    explicit operator bool() const { return value != 0; }
    auto operator<=>(const StrongId&) const = default;
};

using ModelId = StrongId<struct ModelTag>;
using AdapterId = StrongId<struct AdapterTag>;
using DatasetId = StrongId<struct DatasetTag>;
using QuestionId = StrongId<struct QuestionTag>;
using TrajectoryId = StrongId<struct TrajectoryTag>;
using BranchId = StrongId<struct BranchTag>;
using ScoreSetId = StrongId<struct ScoreSetTag>;
using LayerId = StrongId<struct LayerTag>;
using RolloutSetId = StrongId<struct RolloutSetTag>;
using SearchId = StrongId<struct SearchTag>;
using PairSetId = StrongId<struct PairSetTag>;
using JobId = StrongId<struct JobTag>;
using CheckpointId = StrongId<struct CheckpointTag>;
using LabelId = StrongId<struct LabelTag>;
using NoteId = StrongId<struct NoteTag>;
using MarkId = StrongId<struct MarkTag>;
using SliceId = StrongId<struct SliceTag>;

} // namespace crux

template <typename Tag> struct std::hash<crux::StrongId<Tag>> {
    std::size_t operator()(crux::StrongId<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
