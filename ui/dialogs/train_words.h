// The words of training in the window: methods, presets, parameters (UX.md section 4).
#pragma once

#include "ui/dialogs/param_field.h"

#include <QList>
#include <QPair>

namespace crux::ui {

/// "cDPO, contrastive" for "cdpo".
QString methodWord(const std::string& method);
/// Title of a preset for a method, such as "cDPO, contrastive (authors' code)".
QString presetWord(const std::string& preset, const std::string& method);
/// Label, tip and choices of a parameter of a train job.
ParamWords trainWords(const std::string& param);
/// Whether a parameter says anything about a run of this spec.
bool isTrainParamUsed(const std::string& param, const Json& spec);

/// The rows of the launch sheet: title of the row and its parameters, under headings.
struct ParamRow {
    QString title;
    QList<std::string> params;
};
struct ParamGroup {
    QString heading;
    QList<ParamRow> rows;
};
QList<ParamGroup> trainParamGroups();

} // namespace crux::ui
