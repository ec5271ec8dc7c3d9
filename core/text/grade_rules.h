// The rules behind grade(): one function a task and profile. Internal to core/text.
#pragma once

#include "core/text/grade.h"

#include <string>
#include <string_view>

namespace crux::text {

Grade gradeGsm8kCrux(std::string_view response, std::string_view gold);
Grade gradeGsm8kAuthors(std::string_view response, std::string_view gold);
Grade gradeGsm8kMinerva(std::string_view response, std::string_view gold);
Grade gradeMathCrux(std::string_view response, std::string_view gold);
Grade gradeMathAuthors(std::string_view response, std::string_view gold);
Grade gradeMathMinerva(std::string_view response, std::string_view gold);

/// A response without the next question that a model may have gone on to write.
std::string_view beforeNextQuestion(std::string_view response);

/// Byte range of the content of the last \boxed{..} or \fbox{..}; nothing when there is none.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;
};
bool findLastBoxed(std::string_view text, TextRange& content);

/// Letters A to Z in lower case; nothing else changes, so that places stay the same.
std::string lowerAscii(std::string text);

/// A grade with its extracted text and range.
Grade madeGrade(Verdict verdict, std::string reason, std::string extracted, std::size_t begin,
                std::size_t end);

} // namespace crux::text
