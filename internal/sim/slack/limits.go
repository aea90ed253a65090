package slack

// Lengths are counted in characters, counts in items. Each is stated on the
// page of its block or element in Slack's "Block Kit reference"; this table is
// written from there and shares nothing with the product's own.
const (
	maxMessageBlocks = 50  // "Blocks": messages
	maxViewBlocks    = 100 // "Blocks": modals and Home tabs
	maxViewBytes     = 250_000

	maxIdentifier = 255 // action_id, block_id, callback_id, external_id
	maxMetadata   = 3000

	maxHeaderText   = 150
	maxSectionText  = 3000
	maxFields       = 10
	maxFieldText    = 2000
	maxContextItems = 10
	maxContextText  = 3000 // the text object's own bound
	maxActions      = 25
	maxMarkdown     = 12_000
	maxImageAlt     = 2000
	maxImageTitle   = 2000
	maxURL          = 3000

	maxButtonText  = 75
	maxButtonValue = 2000
	maxButtonLabel = 75 // accessibility_label

	maxPlaceholder  = 150
	maxOptions      = 100
	maxOptionGroups = 100
	maxOptionText   = 75
	maxOptionValue  = 150
	maxChoices      = 10 // radio buttons and checkboxes
	maxOverflow     = 5
	maxInputLabel   = 2000
	maxInputText    = 3000

	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30

	maxModalTitle  = 24
	maxModalButton = 24
	maxModalDepth  = 3
)
