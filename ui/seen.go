package ui

// seenBy says in a topology's document who it is for, so that the page offers no more than that.
func (v *TopologyView) seenBy(role string) *TopologyView {
	v.Role = role
	return v
}

// seenBy says in a component's document who it is for.
func (v *ComponentDetail) seenBy(role string) *ComponentDetail {
	v.Role = role
	return v
}
